import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { VirtualBus, virtualDevice } from '@jpd/protocol/virtual';
import { findProgram } from '../lab/find-program.ts';
import { describeWith, requirement } from '../lab/requirements.ts';
import { machineClock } from '../platform/machine-clock.ts';
import { serveUsbip, type UsbipServer } from './server.ts';

const servers: UsbipServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function bus(): VirtualBus {
  const made = new VirtualBus(machineClock);
  made.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' }));
  made.plug(virtualDevice({ family: 'link-380', serial: '50C275000001' }));
  return made;
}

async function served(address: Parameters<typeof serveUsbip>[1] = { host: '127.0.0.1', port: 0 }): Promise<UsbipServer> {
  const server = await serveUsbip(bus(), address);
  servers.push(server);
  return server;
}

/** Says something, and gives what comes until the other side ends or `length` bytes are there. */
function said(socket: Socket, hex: string, length: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = Buffer.alloc(0);
    socket.once('error', reject);
    socket.once('close', () => {
      resolve(all.toString('hex'));
    });
    socket.on('data', (bytes: Buffer) => {
      all = Buffer.concat([all, bytes]);
      if (all.length >= length) resolve(all.subarray(0, length).toString('hex'));
    });
    socket.write(Buffer.from(hex, 'hex'));
  });
}

const list = '0111800500000000';

describe('a USB/IP server', () => {
  test('answers on a TCP port, several hosts at once', async () => {
    const { port } = await served();
    const sockets = [connect(port ?? 0, '127.0.0.1'), connect(port ?? 0, '127.0.0.1')];
    expect(await Promise.all(sockets.map((socket) => said(socket, list, 12)))).toEqual(['011100050000000000000002', '011100050000000000000002']);
    for (const socket of sockets) socket.destroy();
  });

  test('pulls out what was imported when it ends', async () => {
    const server = await served();
    const socket = connect(server.port ?? 0, '127.0.0.1');
    const importing = Buffer.concat([Buffer.from('0111800300000000', 'hex'), Buffer.from('1-1'.padEnd(32, '\0'), 'latin1')]).toString('hex');
    expect((await said(socket, importing, 320)).slice(0, 16)).toBe('0111000300000000');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await servers.pop()?.close();
    await closed;
  });

  test('says that its port is taken', async () => {
    const { port } = await served();
    await expect(serveUsbip(bus(), { host: '127.0.0.1', port: port ?? 0 })).rejects.toMatchObject({ name: 'BusError', code: 'in-use' });
  });
});

const socketFiles = requirement('sockets that are files', () => process.platform !== 'win32', 'Windows has named pipes, which leave no file behind');

describeWith(socketFiles, 'a USB/IP server on a Unix socket', () => {
  test('answers on a Unix socket, which is gone afterwards', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jpd-usbip-'));
    folders.push(folder);
    const path = join(folder, 'usbip.sock');
    const server = await served({ path });
    expect(server.port).toBeNull();
    expect(await said(connect(path), list, 12)).toBe('011100050000000000000002');
    await servers.pop()?.close();
    await expect(said(connect(path), list, 12)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

const usbip = requirement('usbip', () => findProgram('usbip') !== undefined, 'apt-get install usbip');

describeWith(usbip, 'the usbip tool of Linux', () => {
  test('lists our devices with their interfaces', async () => {
    const { port } = await served();
    const { stdout } = await promisify(execFile)(findProgram('usbip') ?? 'usbip', ['--tcp-port', String(port), 'list', '-r', '127.0.0.1'], {
      timeout: 20_000,
    });
    const lines = stdout.split('\n').map((line) => line.trim());
    expect(lines.filter((line) => /^1-\d/.test(line)).map((line) => [line.slice(0, 4), line.slice(-11)])).toEqual([
      ['1-1:', '(0b0e:24da)'],
      ['1-2:', '(0b0e:24c7)'],
    ]);
    expect(lines.filter((line) => /^: +3 - Human Interface Device/.test(line))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('Audio / Streaming'))).toHaveLength(4);
  });
});
