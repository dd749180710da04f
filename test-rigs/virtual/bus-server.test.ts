import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VirtualBus, virtualDevice } from '@jpd/protocol/virtual';
import { describeWith, requirement } from '../lab/requirements.ts';
import { machineClock } from '../platform/machine-clock.ts';
import { connectBus } from './bus-client.ts';
import { type BusServer, serveBus } from './bus-server.ts';

let folder = '';
let socket = '';
const servers: BusServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jpd-server-'));
  socket = join(folder, 'bus.sock');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function serve(bus = new VirtualBus(machineClock)): Promise<VirtualBus> {
  servers.push(await serveBus(bus, socket));
  return bus;
}

/** Leaves a socket file without a server behind it, as a kill does. */
async function killedServer(): Promise<void> {
  const child = spawn(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(socket)}, () => console.log('up'))`]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
}

const socketFiles = requirement(
  'sockets that are files',
  () => process.platform !== 'win32',
  'on Windows a bus is a named pipe, which leaves no file behind',
);

describeWith(socketFiles, 'the socket of a bus', () => {
  test('is taken over from a server that was killed', async () => {
    await killedServer();
    expect(existsSync(socket)).toBe(true);
    const bus = await serve();
    bus.plug(virtualDevice({ family: 'evolve2-75' }));
    const { client, close } = await connectBus(socket);
    expect((await client.request('list', {})).map(({ model }) => model)).toEqual(['evolve2-75']);
    await close();
  });

  test('is not taken from a server that lives', async () => {
    await serve();
    await expect(serveBus(new VirtualBus(machineClock), socket)).rejects.toMatchObject({ name: 'BusError', code: 'in-use' });
    const { client, close } = await connectBus(socket);
    expect(await client.request('list', {})).toEqual([]);
    await close();
  });

  test('never replaces a file of another kind', async () => {
    writeFileSync(socket, 'precious');
    await expect(serveBus(new VirtualBus(machineClock), socket)).rejects.toMatchObject({ code: 'not-a-socket' });
    expect(readFileSync(socket, 'utf8')).toBe('precious');
  });

  test('is said to be impossible in a folder that is not there', async () => {
    await expect(serveBus(new VirtualBus(machineClock), join(folder, 'no', 'bus.sock'))).rejects.toMatchObject({ code: 'not-served' });
  });

  test('is gone when the server was closed', async () => {
    await serve();
    await servers.pop()?.close();
    expect(existsSync(socket)).toBe(false);
    await expect(connectBus(socket)).rejects.toMatchObject({ code: 'not-reachable' });
  });
});

describe('a served bus', () => {
  const exchange = async (answers: number, ...lines: string[]): Promise<string[]> => {
    const program = connect(socket);
    program.setEncoding('utf8');
    let text = '';
    await new Promise<void>((resolve) => {
      program.on('data', (part: string) => {
        text += part;
        if (text.split('\n').length > answers) resolve();
      });
      program.write(lines.map((line) => `${line}\n`).join(''));
    });
    program.destroy();
    return text.split('\n').filter((line) => line !== '');
  };

  test('ignores what is no request, and answers with an error what is no good one', async () => {
    await serve();
    expect(
      await exchange(
        3,
        '',
        'not json',
        '[]',
        '{"id":1}',
        '{"id":2,"request":"frob"}',
        '{"id":3,"request":"get","parameters":{}}',
        '{"id":4,"request":"list","parameters":{}}',
      ),
    ).toEqual([
      '{"id":2,"error":{"code":"protocol","message":"the bus knows no request frob"}}',
      '{"id":3,"error":{"code":"protocol","message":"the parameters of get are not what it takes"}}',
      '{"id":4,"result":[]}',
    ]);
  });

  test('closes what a program opened when the program goes', async () => {
    const bus = await serve();
    const device = virtualDevice({ family: 'evolve2-75' });
    bus.plug(device);
    const first = await connectBus(socket);
    const [info] = await first.client.request('hid.list', { vendorId: 0x0b0e });
    await first.client.open(info?.path ?? '');
    await first.close();
    // The bus is still whole for the next program.
    const second = await connectBus(socket);
    const channel = await second.client.open(info?.path ?? '');
    const reports: Uint8Array[] = [];
    channel.onReport((report) => reports.push(report));
    device.setBattery(50, false);
    await second.client.request('list', {});
    expect(reports.length).toBe(1);
    await second.close();
  });

  test('fails what waits when it goes', async () => {
    await serve();
    const { client } = await connectBus(socket);
    await servers.pop()?.close();
    await expect(client.request('list', {})).rejects.toMatchObject({ code: 'gone' });
  });
});
