import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HidPort, jabraVendorId } from '@jpd/protocol';
import { BusPeer, LineSplitter, VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log } from '../../ports/index.ts';
import { virtualBusPort } from './virtual-bus-port.ts';

let folder = '';
let socket = '';
let port: HidPort | null = null;
let server: { readonly close: () => Promise<void> } | null = null;
const lines: string[] = [];
const log: Log = {
  error: (line) => lines.push(line),
  warn: (line) => lines.push(line),
  info: (line) => lines.push(line),
  debug: () => undefined,
  setLevel: () => undefined,
  child: () => log,
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jpd-port-'));
  socket = process.platform === 'win32' ? String.raw`\\.\pipe\jpd-port-${process.pid}` : join(folder, 'bus.sock');
  lines.length = 0;
});
afterEach(async () => {
  await port?.close();
  await server?.close();
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

/** A bus process as far as this port can tell. */
async function serve(bus: VirtualBus): Promise<void> {
  const sockets = new Set<Socket>();
  const listening: Server = createServer((connection) => {
    sockets.add(connection);
    const splitter = new LineSplitter();
    const peer = new BusPeer(bus, (line) => connection.write(line));
    connection.setEncoding('utf8');
    connection.on('data', (text: string) => {
      for (const line of splitter.push(text)) void peer.receive(line);
    });
  });
  await new Promise<void>((resolve) => {
    listening.listen(socket, resolve);
  });
  server = {
    close: () =>
      new Promise((resolve) => {
        listening.close(() => {
          resolve();
        });
        for (const connection of sockets) connection.destroy();
      }),
  };
}

const busWith = (family: string): VirtualBus => {
  const bus = new VirtualBus(new VirtualClock());
  bus.plug(virtualDevice({ family }));
  return bus;
};

/** Node's loop turns until something is seen; vitest's time limit bounds it. */
async function until(seen: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await seen())) await new Promise((resolve) => setImmediate(resolve));
}

describe('the port of a virtual bus', () => {
  test('sees a bus that is there with its first list', async () => {
    await serve(busWith('evolve2-75'));
    port = virtualBusPort({ socket, log, clock: new VirtualClock() });
    expect((await port.list(jabraVendorId)).map(({ productId }) => productId)).toEqual([0x24da]);
  });

  test('lists nothing and opens nothing without a bus, tries again less and less often, and tells when one came', async () => {
    const clock = new VirtualClock();
    port = virtualBusPort({ socket, log, clock });
    let changes = 0;
    port.onChange(() => (changes += 1));
    expect(await port.list(jabraVendorId)).toEqual([]);
    const info = {
      path: 'x',
      bus: 'virtual',
      vendorId: 0,
      productId: 0,
      product: null,
      serial: null,
      physicalPort: 'x',
      usagePage: null,
      usage: null,
    } as const;
    await expect(port.open(info)).rejects.toMatchObject({ code: 'gone' });
    for (const wait of [100, 200, 400, 800, 1600, 2000, 2000]) {
      expect(clock.pendingTimers).toBe(1);
      await clock.advance(wait - 1);
      expect(clock.pendingTimers).toBe(1);
      await clock.advance(1);
      await until(() => clock.pendingTimers === 1);
    }
    expect(changes).toBe(0);
    await serve(busWith('evolve2-75'));
    await clock.advance(2000);
    await until(() => changes > 0);
    expect((await port.list(jabraVendorId)).length).toBe(1);
    expect(lines).toEqual(['connected to the virtual bus']);
  });

  test('loses every device with the bus, tells so, and finds them on the next one', async () => {
    const clock = new VirtualClock();
    await serve(busWith('evolve2-75'));
    port = virtualBusPort({ socket, log, clock });
    const [info] = await port.list(jabraVendorId);
    if (!info) throw new TypeError('nothing listed');
    const channel = await port.open(info);
    let changes = 0;
    port.onChange(() => (changes += 1));
    const reasons: string[] = [];
    channel.onClosed((reason) => reasons.push(reason));
    await server?.close();
    await until(() => reasons.length > 0 && changes > 0);
    expect(await port.list(jabraVendorId)).toEqual([]);
    expect(reasons).toEqual(['the virtual bus is gone']);
    await serve(busWith('link-380'));
    const before = changes;
    await clock.advance(100);
    await until(() => changes > before);
    expect((await port.list(jabraVendorId)).map(({ productId }) => productId)).toEqual([0x24c7]);
    expect(lines).toEqual(['connected to the virtual bus', 'the virtual bus is gone', 'connected to the virtual bus']);
  });

  test('leaves no timer behind when it is closed, also while it waits for a bus', async () => {
    const clock = new VirtualClock();
    port = virtualBusPort({ socket, log, clock });
    await port.list(jabraVendorId);
    await port.close();
    expect(clock.pendingTimers).toBe(0);
    await port.close();
    expect(await port.list(jabraVendorId)).toEqual([]);
  });
});
