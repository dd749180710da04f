import { mkdtempSync, rmSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type HidChannel, type HidPathInfo, type HidPort, jabraVendorId } from '@jpd/protocol';
import { VirtualBus, virtualDevice } from '@jpd/protocol/virtual';
import { nodeHidPort, virtualBusPort, type VirtualBusOptions } from '../../agent/src/adapters/hid/index.ts';
import { machineClock } from '../platform/machine-clock.ts';
import { serveBus } from './bus-server.ts';

/** A port, and how the test plugs devices into what is behind it. */
interface Fixture {
  readonly port: HidPort;
  readonly bus: VirtualBus;
  /** Another program's port on the same devices. */
  readonly second: () => HidPort;
  readonly end: () => Promise<void>;
}

const silent: VirtualBusOptions['log'] = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  setLevel: () => undefined,
  child: () => silent,
};

/** Node's loop turns until `observe` gives something; vitest's own time limit bounds it. */
async function observed<T>(observe: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const value = await observe();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const request = (text: string): Uint8Array => {
  const report = new Uint8Array(64);
  report.set(Buffer.from(text.replaceAll(' ', ''), 'hex'));
  return report;
};
const bytes = (report: Uint8Array | undefined): string => Buffer.from(report ?? []).toString('hex');

/** What every HidPort must do, whatever is behind it. */
function describeHidPort(name: string, make: () => Promise<Fixture>): void {
  describe(name, () => {
    let fixture: Fixture | null = null;
    const start = async (): Promise<Fixture> => {
      fixture = await make();
      return fixture;
    };
    afterEach(async () => {
      await fixture?.end();
      fixture = null;
    });
    const only = async (port: HidPort): Promise<HidPathInfo> => observed(async () => (await port.list(jabraVendorId))[0]);
    const collect = (channel: HidChannel): Uint8Array[] => {
      const reports: Uint8Array[] = [];
      channel.onReport((report) => reports.push(report));
      return reports;
    };

    test('lists nothing where nothing is plugged', async () => {
      const { port } = await start();
      expect(await port.list(jabraVendorId)).toEqual([]);
    });

    test('lists a plugged device with its ids and texts, of its own vendor only', async () => {
      const { port, bus } = await start();
      bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' }));
      expect(await only(port)).toMatchObject({ vendorId: 0x0b0e, productId: 0x24da, product: 'Jabra Evolve2 75', serial: '70BF92000001' });
      expect(await port.list(0x046d)).toEqual([]);
    });

    test('lists one path for each collection where the system makes them, all at one physical port', async () => {
      const { port, bus } = await start();
      bus.plug(virtualDevice({ family: 'evolve2-75', paths: 'per-collection' }));
      const infos = await observed(async () => {
        const listed = await port.list(jabraVendorId);
        return listed.length === 3 && listed;
      });
      expect(new Set(infos.map(({ path }) => path)).size).toBe(3);
      expect(new Set(infos.map(({ physicalPort }) => physicalPort)).size).toBe(1);
      expect(infos.map(({ usagePage }) => usagePage)).toEqual([0x0b, 0xff00, 0x0c]);
    });

    test('says that a device came, and that it left', async () => {
      const { port, bus } = await start();
      let changes = 0;
      port.onChange(() => (changes += 1));
      await observed(async () => (await port.list(jabraVendorId)).length === 0);
      const device = virtualDevice({ family: 'evolve2-75' });
      const before = changes;
      await observed(() => {
        bus.unplug(device);
        bus.plug(device);
        return changes > before;
      });
      await only(port);
      const plugged = changes;
      bus.unplug(device);
      await observed(() => changes > plugged);
      expect(await port.list(jabraVendorId)).toEqual([]);
    });

    test('no longer tells who unsubscribed', async () => {
      const { port, bus } = await start();
      let changes = 0;
      let others = 0;
      const end = port.onChange(() => (changes += 1));
      port.onChange(() => (others += 1));
      end();
      const device = virtualDevice({ family: 'evolve2-75' });
      await observed(() => {
        bus.unplug(device);
        bus.plug(device);
        return others > 0;
      });
      expect(changes).toBe(0);
    });

    test('carries an exchange byte for byte', async () => {
      const { port, bus } = await start();
      bus.plug(virtualDevice({ family: 'panacast-50' }));
      const channel = await port.open(await only(port));
      const reports = collect(channel);
      await channel.write(request('05 01 00 01 46 02 03'));
      await observed(() => reports.length > 0);
      expect(reports.map(bytes)).toEqual([bytes(request('05 00 01 01 CC 02 03 05 38 2E 30 2E 37'))]);
    });

    test('keeps a report that comes before anyone listens', async () => {
      const { port, bus } = await start();
      const device = virtualDevice({ family: 'evolve2-75' });
      bus.plug(device);
      const channel = await port.open(await only(port));
      device.press('volume-up');
      device.setBattery(79, false);
      const reports = collect(channel);
      await observed(() => reports.length >= 3);
      expect(reports.map((report) => report[0])).toEqual([1, 1, 5]);
    });

    test('gives a device to two programs at once, and every report to both', async () => {
      const { port, bus, second } = await start();
      const device = virtualDevice({ family: 'evolve2-75' });
      bus.plug(device);
      const other = second();
      const mine = collect(await port.open(await only(port)));
      const theirs = collect(await other.open(await only(other)));
      device.setBattery(42, true);
      await observed(() => mine.length > 0 && theirs.length > 0);
      expect(mine.map(bytes)).toEqual(theirs.map(bytes));
      await other.close();
    });

    test('keeps the order of writes that nobody waits for', async () => {
      const { port, bus } = await start();
      const device = virtualDevice({ family: 'evolve2-75' });
      bus.plug(device);
      const channel = await port.open(await only(port));
      await Promise.all(Array.from({ length: 20 }, (_, index) => channel.write(request(`05 08 00 ${index.toString(16).padStart(2, '0')} 46 02 03`))));
      expect(device.received.map(({ packet }) => packet?.sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    });

    test('ends a channel once when its device is pulled, and refuses writes from then on', async () => {
      const { port, bus } = await start();
      const device = virtualDevice({ family: 'evolve2-75' });
      bus.plug(device);
      const channel = await port.open(await only(port));
      const reasons: string[] = [];
      channel.onClosed((reason) => reasons.push(reason));
      bus.unplug(device);
      await observed(() => reasons.length > 0);
      await expect(channel.write(request('05 08 00 00 46 02 03'))).rejects.toThrow(Error);
      await channel.close();
      expect(reasons.length).toBe(1);
    });

    test('says nothing of the end to who closed the channel', async () => {
      const { port, bus } = await start();
      const device = virtualDevice({ family: 'evolve2-75' });
      bus.plug(device);
      const info = await only(port);
      const channel = await port.open(info);
      const witness = await port.open(info);
      const reasons: string[] = [];
      const seen: string[] = [];
      channel.onClosed((reason) => reasons.push(reason));
      witness.onClosed((reason) => seen.push(reason));
      await channel.close();
      bus.unplug(device);
      await observed(() => seen.length > 0);
      expect(reasons).toEqual([]);
      await expect(channel.write(request('05 08 00 00 46 02 03'))).rejects.toThrow(Error);
    });

    test('refuses to open a path whose device was pulled, also after it came back', async () => {
      const { port, bus } = await start();
      const device = virtualDevice({ family: 'evolve2-75' });
      bus.plug(device);
      const info = await only(port);
      bus.unplug(device);
      await expect(port.open(info)).rejects.toThrow(Error);
      bus.plug(device);
      await expect(port.open(info)).rejects.toThrow(Error);
      const again = await observed(async () => (await port.list(jabraVendorId)).find(({ path }) => path !== info.path));
      expect(again.physicalPort).toBe(info.physicalPort);
    });
  });
}

describeHidPort('a virtual bus in the same process', async () => {
  const bus = new VirtualBus(machineClock);
  return { port: bus, bus, second: () => bus.port(), end: () => bus.close() };
});

describeHidPort('a virtual bus behind a socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jpd-bus-'));
  const socket = process.platform === 'win32' ? String.raw`\\.\pipe\jpd-bus-${process.pid}` : join(folder, 'bus.sock');
  const bus = new VirtualBus(machineClock);
  const server = await serveBus(bus, socket);
  const ports: HidPort[] = [];
  const connect = (): HidPort => {
    const port = virtualBusPort({ socket, log: silent, clock: machineClock });
    ports.push(port);
    return port;
  };
  return {
    port: connect(),
    bus,
    second: connect,
    end: async () => {
      await Promise.all(ports.map((port) => port.close()));
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

describeHidPort('node-hid, its library backed by a virtual bus', async () => {
  const bus = new VirtualBus(machineClock);
  const create = (): HidPort => {
    const machine = bus.port();
    return nodeHidPort({
      log: silent,
      clock: machineClock,
      hotplug: [{ name: 'bus', start: async (onChange) => machine.onChange(onChange) }],
      platform: {
        locate: async (path) => ({ physicalPort: path.replace(/[/].*$/, ''), bus: 'virtual' }),
        descriptor: async () => null,
        obstacle: async () => 'gone',
      },
      binding: async () => ({
        devices: async (vendorId) =>
          (await machine.list(vendorId)).map(({ path, productId, product, serial, usagePage, usage }) => ({
            path,
            vendorId,
            productId,
            product: product ?? undefined,
            serialNumber: serial ?? undefined,
            usagePage: usagePage ?? undefined,
            usage: usage ?? undefined,
          })),
        open: async (path) => {
          const [info] = (await machine.list(jabraVendorId)).filter((one) => one.path === path);
          if (!info) throw new TypeError(`cannot open device with path ${path}`);
          return handleOf(await machine.open(info));
        },
      }),
    });
  };
  const port = create();
  return { port, bus, second: create, end: () => port.close() };
});

/** What node-hid makes of an open path: an emitter that reads from the first `data` listener on. */
function handleOf(channel: HidChannel) {
  return Object.assign(new EventEmitter(), {
    write: async (report: Buffer): Promise<number> => {
      await channel.write(Uint8Array.from(report));
      return report.length;
    },
    close: () => channel.close(),
    on(this: EventEmitter, event: string, listener: (value: never) => void) {
      EventEmitter.prototype.on.call(this, event, listener as (value: unknown) => void);
      if (event === 'data') channel.onReport((report) => this.emit('data', Buffer.from(report)));
      if (event === 'error') channel.onClosed((reason) => this.emit('error', new TypeError(`could not read from HID device: ${reason}`)));
      return this;
    },
  });
}
