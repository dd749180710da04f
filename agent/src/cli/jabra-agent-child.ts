/**
 * The agent under a user interface, which starts this program (a utility process of Electron's, or a fork of Node's) and speaks with it as agent/local
 * says: `jabra-agent-child --config FILE [--login-session ID] [--more-logs FOLDER] [--without-agent]`. The logs are for the diagnostics. Without an agent it
 * does what needs none, also with a configuration that can't be used. It ends when it is told to, and with whoever started it.
 */
import { parseArgs } from 'node:util';
import { load, type StandBy, standBy } from '../app.ts';
import { parentPipe, serveAttended } from '../app/attended.ts';
import { attendedTools, toolsWithoutAgent } from '../app/attended-tools.ts';
import { diagnosticsZip } from '../app/diagnostics.ts';
import type { LocalEventPayload, LocalPipe } from '../local/index.ts';
import { exitCode, oneLine, tell } from './output.ts';
import { asksToEnd, whileAlive } from './session.ts';

type Failure = LocalEventPayload<'failed'>;
type Beginning = Pick<StandBy, 'isWorking' | 'stop'>;

const options = {
  config: { type: 'string' },
  'login-session': { type: 'string' },
  'more-logs': { type: 'string' },
  'without-agent': { type: 'boolean' },
} as const;

/** Where no agent begins. */
const nobody: Beginning = { isWorking: false, stop: () => Promise.resolve() };

/** Tells the user interface why there is no agent; the same goes to standard error. */
function fail(pipe: LocalPipe, code: Failure['code'], problems: readonly string[]): number {
  for (const problem of problems) tell(problem);
  pipe.send({ event: 'failed', payload: { code, problems } });
  return code === 'configuration' ? exitCode.wrongUse : exitCode.fault;
}

async function main(pipe: LocalPipe): Promise<number> {
  const { values } = parseArgs({ options });
  const moreLogs = values['more-logs'] ?? null;
  const loaded = await load(values.config ?? null);
  const isWithout = values['without-agent'] === true;
  if (!loaded.ok && !isWithout) {
    return fail(
      pipe,
      'configuration',
      loaded.problems.map(({ message }) => message),
    );
  }
  const whenSignalled = asksToEnd();
  const whenOrphaned = new Promise<void>((resolve) => {
    pipe.onClosed(resolve);
  });
  let stopped: Promise<void> | null = null;
  let whenDone: () => void = () => undefined;
  const whenStopped = new Promise<void>((resolve) => {
    whenDone = resolve;
  });
  const stop = (): Promise<void> => {
    server.end();
    // What could not even begin tells so itself.
    stopped ??= beginning
      .then(
        (standing) => standing.stop(),
        () => undefined,
      )
      .finally(whenDone);
    return stopped;
  };
  const server = serveAttended(pipe, { without: toolsWithoutAgent(loaded, moreLogs), tell, stop });
  const begin = (): Promise<Beginning> =>
    isWithout || !loaded.ok
      ? Promise.resolve(nobody)
      : standBy({
          ...loaded,
          isAttended: true,
          loginSession: values['login-session'] ?? null,
          diagnostics: (devices, log) => diagnosticsZip(loaded, { devices, moreLogs }, log),
          onChange: (running) => {
            // The end that it is asked for is nobody else's turn.
            if (stopped) return;
            server.show(running && { agent: running.agent, log: running.log, tools: attendedTools(loaded, running.agent, running.log, moreLogs) });
          },
        });
  const beginning = begin();
  const { isWorking } = await beginning;
  if (!isWorking && !stopped) server.show(null);
  void Promise.race([whenSignalled, whenOrphaned]).then(stop);
  await whenStopped;
  return exitCode.done;
}

async function serve(pipe: LocalPipe): Promise<void> {
  process.exitCode = await whileAlive(() => main(pipe)).catch((error: unknown) => fail(pipe, 'fault', [oneLine(error)]));
  // The answer to `stop` is on its way first; then the channel to the parent must not keep this process alive.
  setImmediate(() => {
    if (process.connected) process.disconnect();
  });
}

async function refuse(): Promise<void> {
  tell('jabra-agent-child is started by the app. To run an agent by hand: jabra-agent run');
  process.exitCode = exitCode.wrongUse;
}

const pipe = parentPipe();
/** For a process that does not end by itself: resolves, with the exit code set, when there is nothing more to do. */
export const ended: Promise<void> = pipe ? serve(pipe) : refuse();
