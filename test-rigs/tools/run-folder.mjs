// Where a running `npm start` keeps its sockets and its data. Outside of the checkout, since a Unix socket's path may be 107 bytes long at most.
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';

export const runFolder = join(tmpdir(), `jabra-start-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`);
