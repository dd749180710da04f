/** What a utility process begins with. It does not end by itself when its work is done, since its port to the app keeps it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** For what was said last to reach the app. */
const lastWordsMs = 100;

const end = (code: number): void => {
  setTimeout(() => process.exit(code), lastWordsMs);
};

/** The agent's program, as the build puts it beside this one: a file that the compiler doesn't see. */
async function run(): Promise<void> {
  const program: unknown = createRequire(__filename)(join(__dirname, 'agent', 'jabra-agent-child.cjs'));
  if (typeof program === 'object' && program !== null && 'ended' in program) await program.ended;
}

run().then(
  () => {
    end(Number(process.exitCode ?? 0));
  },
  (error: unknown) => {
    process.stderr.write(`the agent's program cannot be loaded: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    end(1);
  },
);
