import { EventEmitter } from 'node:events';
import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, test } from 'vitest';
import type { Log } from '../../ports/index.ts';
import { HidError } from './errors.ts';
import type { HotplugSource } from './hotplug.ts';
import type { NodeHidBinding, NodeHidDevice } from './native-binding.ts';
import { nodeHidPort } from './node-hid-port.ts';
import type { HidPlatform } from './platform.ts';

const headset: NodeHidDevice = {
  path: '/dev/hidraw3',
  vendorId: 0x0b0e,
  productId: 0x24da,
  product: 'Jabra Evolve2 75',
  serialNumber: '70BF',
  usagePage: 0x0b,
  usage: 5,
};

/** An open handle of the library, whose writes end when the test says so. */
class Handle extends EventEmitter {
  readonly written: string[] = [];
  readonly waiting: (() => void)[] = [];
  closed = 0;

  write(report: Buffer): Promise<number> {
    this.written.push(report.toString('hex'));
    return new Promise((resolve) => {
      this.waiting.push(() => {
        resolve(report.length);
      });
    });
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

const platform: HidPlatform = {
  locate: async () => ({ physicalPort: '1-2.3', bus: 'usb' }),
  descriptor: async () => Uint8Array.of(5, 0x0b),
  obstacle: async () => 'no-permission',
};

interface FixtureOptions {
  readonly hotplug?: readonly HotplugSource[];
  readonly open?: NodeHidBinding['open'];
  readonly writer?: NonNullable<HidPlatform['writer']>;
}

function fixture(devices: readonly NodeHidDevice[], options: FixtureOptions = {}) {
  const handles: Handle[] = [];
  const warnings: unknown[] = [];
  let loaded = 0;
  const log: Log = {
    error: () => undefined,
    warn: (_message, fields) => warnings.push(fields?.['source']),
    info: () => undefined,
    debug: () => undefined,
    setLevel: () => undefined,
    child: () => log,
  };
  const binding: NodeHidBinding = {
    devices: async () => devices,
    open:
      options.open ??
      (async () => {
        const handle = new Handle();
        handles.push(handle);
        return handle;
      }),
  };
  const port = nodeHidPort({
    log,
    clock: new VirtualClock(),
    platform: { ...platform, ...(options.writer ? { writer: options.writer } : {}) },
    hotplug: options.hotplug ?? [],
    binding: async () => {
      loaded += 1;
      return binding;
    },
  });
  return { port, handles, warnings, loaded: () => loaded };
}

const info = {
  path: '/dev/hidraw3',
  bus: 'usb',
  vendorId: 0x0b0e,
  productId: 0x24da,
  product: null,
  serial: null,
  physicalPort: '1-2.3',
  usagePage: null,
  usage: null,
} as const;
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe('the port of node-hid', () => {
  test('loads the library when it is first needed, once', async () => {
    const { port, loaded } = fixture([]);
    expect(loaded()).toBe(0);
    await port.list(0x0b0e);
    await port.list(0x0b0e);
    expect(loaded()).toBe(1);
  });

  test('lists each path once, under GNP’s page where it has it, and no other vendor’s', async () => {
    const { port } = fixture([
      headset,
      { ...headset, usagePage: 0xff00, usage: 1 },
      { ...headset, usagePage: 0x0c, usage: 1 },
      { ...headset, path: '/dev/hidraw4', serialNumber: '', product: undefined, usagePage: undefined, usage: undefined },
      { ...headset, path: undefined },
      { ...headset, path: '/dev/hidraw5', vendorId: 0x046d },
    ]);
    expect(await port.list(0x0b0e)).toEqual([
      { ...info, product: 'Jabra Evolve2 75', serial: '70BF', usagePage: 0xff00, usage: 1 },
      { ...info, path: '/dev/hidraw4' },
    ]);
  });

  test('gives the descriptor with the open path, and bytes of its own with each report', async () => {
    const { port, handles } = fixture([headset]);
    const channel = await port.open(info);
    expect(channel.descriptor).toEqual(Uint8Array.of(5, 0x0b));
    const reports: Uint8Array[] = [];
    channel.onReport((report) => reports.push(report));
    const native = Buffer.from([1, 2, 3]);
    handles[0]?.emit('data', native);
    native.fill(0);
    await turns();
    expect(reports).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  test('writes to one path one after another, whoever opened it', async () => {
    const { port, handles } = fixture([headset]);
    const [first, second] = [await port.open(info), await port.open(info)];
    const writes = [first.write(Uint8Array.of(5, 1)), second.write(Uint8Array.of(5, 2))];
    await turns();
    expect(handles.map(({ written }) => written)).toEqual([['0501'], []]);
    handles[0]?.waiting[0]?.();
    await turns();
    expect(handles.map(({ written }) => written)).toEqual([['0501'], ['0502']]);
    handles[1]?.waiting[0]?.();
    await Promise.all(writes);
  });

  test('writes what the system takes at once by the system’s own way, and closes that too', async () => {
    const batches: string[][] = [];
    let closed = 0;
    const { port, handles } = fixture([headset], {
      writer: async (path) => ({
        write: async (reports) => batches.push([path, ...reports.map((report) => Buffer.from(report).toString('hex'))]) && reports.length,
        close: async () => {
          closed += 1;
        },
      }),
    });
    const channel = await port.open(info);
    await Promise.all([channel.write(Uint8Array.of(5, 1)), channel.write(Uint8Array.of(5, 2))]);
    expect([batches, handles[0]?.written]).toEqual([[['/dev/hidraw3', '0501', '0502']], []]);
    await channel.close();
    expect([closed, handles[0]?.closed]).toEqual([1, 1]);
  });

  test('keeps no handle of a path that could be opened for reading only', async () => {
    const { port, handles } = fixture([headset], { writer: () => Promise.reject(new TypeError('EACCES')) });
    await expect(port.open(info)).rejects.toMatchObject({ code: 'no-permission' });
    expect(handles[0]?.closed).toBe(1);
  });

  test('ends a channel whose handle failed, once, and closes the handle once', async () => {
    const { port, handles } = fixture([headset]);
    const channel = await port.open(info);
    const reasons: string[] = [];
    channel.onClosed((reason) => reasons.push(reason));
    handles[0]?.emit('error', new TypeError('could not read from HID device'));
    handles[0]?.emit('error', new TypeError('could not read from HID device'));
    await turns();
    await channel.close();
    expect(reasons).toEqual(['the device is gone']);
    expect(handles[0]?.closed).toBe(1);
    await expect(channel.write(Uint8Array.of(5))).rejects.toMatchObject({ code: 'disconnected' });
  });

  test('says why a path could not be opened', async () => {
    const { port } = fixture([headset], {
      open: async () => {
        throw new TypeError('cannot open device with path /dev/hidraw3');
      },
    });
    const error: unknown = await port.open(info).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HidError);
    expect(error).toMatchObject({ code: 'no-permission', cause: { message: 'cannot open device with path /dev/hidraw3' } });
  });

  test('goes on without hot-plug where there is none, says so once, and uses what there is', async () => {
    let change: () => void = () => undefined;
    let ended = false;
    const { port, warnings } = fixture([headset], {
      hotplug: [
        { name: 'usb', start: () => Promise.reject(new TypeError('/sys/bus/usb/devices/ not found')) },
        {
          name: 'hidraw',
          start: async (onChange) => {
            change = onChange;
            return () => {
              ended = true;
            };
          },
        },
      ],
    });
    const changes: string[] = [];
    const end = port.onChange(() => changes.push('first'));
    port.onChange(() => changes.push('second'));
    await turns();
    expect(warnings).toEqual(['usb']);
    change();
    end();
    change();
    expect(changes).toEqual(['first', 'second', 'second']);
    await port.close();
    change();
    expect([changes.length, ended]).toEqual([3, true]);
  });

  test('closes what is open when it is closed', async () => {
    const { port, handles } = fixture([headset]);
    await port.open(info);
    await port.open(info);
    await port.close();
    expect(handles.map(({ closed }) => closed)).toEqual([1, 1]);
  });
});
