// `npm run login`: a person logs in again on the PC that `npm start` plays.
import { createConnection } from 'node:net';
import { runFolder } from './run-folder.mjs';

const socket = createConnection(`${runFolder}/control.sock`);
socket.once('error', () => {
  process.stderr.write('npm start is not running here: start it in another terminal first\n');
  process.exitCode = 1;
});
socket.once('connect', () => socket.end('login\n'));
socket.pipe(process.stdout);
