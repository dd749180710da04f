import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { StartError, systemCode } from '../errors.ts';

/** Where the holder of a folder listens. The kernel takes the name away with the process, but for a socket file. */
function addressFor(folder: string): string {
  const name = `jabra-platform-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name);
}

function listen(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(address, () => resolve(server));
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/**
 * Makes sure that one process at a time works on a folder: two would destroy its database. What a killed process left behind is no obstacle.
 * @returns what releases it. @throws StartError already-running
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const address = addressFor(await realpath(folder));
  const taken = (cause: unknown): StartError => new StartError('already-running', `another jabra-platform works on ${folder}`, { cause });
  const server = await listen(address).catch(async (error: unknown) => {
    if (systemCode(error) !== 'EADDRINUSE' || (await answers(address))) throw taken(error);
    await rm(address, { force: true });
    return listen(address).catch((cause: unknown) => {
      throw taken(cause);
    });
  });
  server.unref();
  return () => new Promise((resolve) => void server.close(() => resolve()));
}
