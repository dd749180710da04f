/**
 * What a utility process begins with: Electron starts a CommonJS file there, and the agent's program is a module. A utility process does not end by itself
 * when its work is done, since its port to the app keeps it.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** For what was said last to reach the app. */
const lastWordsMs = 100;

const end = (code: number): void => {
  setTimeout(() => process.exit(code), lastWordsMs);
};

import(pathToFileURL(join(__dirname, 'agent', 'jabra-agent-child.js')).href).then(
  () => {
    end(Number(process.exitCode ?? 0));
  },
  (error: unknown) => {
    process.stderr.write(`the agent's program cannot be loaded: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    end(1);
  },
);
