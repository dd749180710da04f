/**
 * `node program.js CONFIG LOGIN-SESSION SESSION-FILE`: an agent that stands by for its turn, as a user interface runs it. SESSION-FILE stands for the
 * system: its session is in use while `active` is in there. Prints `works` and `rests`; SIGTERM ends it.
 */
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { load, type SessionSource, standBy } from '@jpd/agent';

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
const standing = await standBy({
  ...loaded,
  loginSession,
  session,
  onChange: (running) => {
    process.stdout.write(running ? 'works\n' : 'rests\n');
  },
});
const stay = setInterval(() => undefined, 2 ** 30);
process.once('SIGTERM', () => {
  void standing.stop().then(() => {
    clearInterval(stay);
  });
});
