/**
 * `node program.js CONFIG LOGIN-SESSION SESSION-FILE`: an agent that stands by for its turn, as a user interface runs it. SESSION-FILE stands for the
 * system: its session is in use while `active` is in there. Prints `works` and `rests`. SIGTERM ends it; SIGUSR2 says that the PC is about to sleep, and
 * `sleeps` is printed when the platform knows; SIGHUP says that it woke up.
 */
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { load, type RunningAgent, type SessionSource, standBy } from '@jpd/agent';

const [, , config = '', loginSession = '', sessionFile = ''] = process.argv;

const session: SessionSource = {
  isActive: async () => (await readFile(sessionFile, 'utf8')).trim() === 'active',
  onChange: (listener) => {
    const watcher = watch(sessionFile, () => {
      listener();
    });
    return () => {
      watcher.close();
    };
  },
};

const loaded = await load(config);
if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
let working: RunningAgent | null = null;
const standing = await standBy({
  ...loaded,
  loginSession,
  session,
  onChange: (running) => {
    working = running;
    process.stdout.write(running ? 'works\n' : 'rests\n');
  },
});
const stay = setInterval(() => undefined, 2 ** 30);
process.on('SIGUSR2', () => {
  void working?.agent.suspending().then(() => process.stdout.write('sleeps\n'));
});
process.on('SIGHUP', () => {
  working?.agent.resumed();
});
process.once('SIGTERM', () => {
  void standing.stop().then(() => {
    clearInterval(stay);
  });
});
