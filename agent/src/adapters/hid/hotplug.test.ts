import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hidrawHotplug, type UsbBinding, usbHotplug } from './hotplug.ts';

interface Device {
  readonly vendorId: number;
  readonly handle: string;
}

/** The native emitter, by hand. */
function usb(present: readonly Device[]) {
  const callbacks: { attach: ((device: Device) => void) | null; detach: ((handle: string) => void) | null } = { attach: null, detach: null };
  const binding: UsbBinding = {
    devices: async () => present,
    emitter: {
      addAttach: async (callback) => void (callbacks.attach = callback),
      removeAttach: async () => void (callbacks.attach = null),
      addDetach: async (callback) => void (callbacks.detach = callback),
      removeDetach: async () => void (callbacks.detach = null),
    },
  };
  return { callbacks, load: async () => binding };
}

describe('USB hot-plug', () => {
  const start = async (present: readonly Device[] = []) => {
    const clock = new VirtualClock();
    const { callbacks, load } = usb(present);
    let changes = 0;
    const end = await usbHotplug({ vendorId: 0x0b0e, clock, load }).start(() => (changes += 1));
    return { clock, callbacks, end, changes: () => changes };
  };

  test('tells of an attach at once, and again while Windows makes the HID paths', async () => {
    const { clock, callbacks, changes } = await start();
    callbacks.attach?.({ vendorId: 0x0b0e, handle: 'a' });
    expect(changes()).toBe(1);
    await clock.advance(6000);
    expect(changes()).toBe(4);
    await clock.advance(600_000);
    expect(changes()).toBe(4);
    expect(clock.pendingTimers).toBe(0);
  });

  test('tells of a detach, of a device that was there at the start too', async () => {
    const { callbacks, changes } = await start([{ vendorId: 0x0b0e, handle: 'old' }]);
    callbacks.detach?.('old');
    expect(changes()).toBe(1);
    callbacks.detach?.('old');
    expect(changes()).toBe(1);
  });

  test('says nothing of other vendors’ devices', async () => {
    const { clock, callbacks, changes } = await start([{ vendorId: 0x046d, handle: 'mouse' }]);
    callbacks.attach?.({ vendorId: 0x046d, handle: 'keyboard' });
    callbacks.detach?.('keyboard');
    callbacks.detach?.('mouse');
    await clock.advance(10_000);
    expect(changes()).toBe(0);
  });

  test('is silent once it was ended', async () => {
    const { clock, callbacks, end, changes } = await start();
    callbacks.attach?.({ vendorId: 0x0b0e, handle: 'a' });
    end();
    await clock.advance(10_000);
    expect(changes()).toBe(1);
    expect(callbacks).toEqual({ attach: null, detach: null });
  });

  test('says at its start where the machine has no USB', async () => {
    const source = usbHotplug({
      vendorId: 0x0b0e,
      clock: new VirtualClock(),
      load: async () => {
        throw new TypeError('/sys/bus/usb/devices/ not found');
      },
    });
    await expect(source.start(() => undefined)).rejects.toThrow('not found');
  });
});

describe('hidraw hot-plug', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jpd-dev-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a source, and gives a wait for so many changes in all; vitest's time limit bounds it. */
  const start = async (usable?: (path: string) => Promise<boolean>) => {
    let changes = 0;
    let told: () => void = () => undefined;
    const end = await hidrawHotplug(folder, usable).start(() => {
      changes += 1;
      told();
    });
    const reached = (count: number): Promise<void> =>
      new Promise((resolve) => {
        told = () => {
          if (changes >= count) resolve();
        };
        told();
      });
    return { end, reached, changes: () => changes };
  };

  test('tells of a node that comes and that goes, and of no other file', async () => {
    const { end, reached, changes } = await start();
    writeFileSync(join(folder, 'tty9'), '');
    mkdirSync(join(folder, 'hidraw7'));
    await reached(1);
    rmdirSync(join(folder, 'hidraw7'));
    await reached(2);
    end();
    expect(changes()).toBe(2);
  });

  test('says nothing of what is written to a node, be it old or new', async () => {
    const old = join(folder, 'hidraw0');
    writeFileSync(old, '');
    const { end, reached, changes } = await start();
    for (let report = 0; report < 5; report += 1) appendFileSync(old, 'report');
    mkdirSync(join(folder, 'hidraw1'));
    await reached(1);
    // Events come in their order: by now those of the writes have come as well.
    end();
    expect(changes()).toBe(1);
  });

  test('tells of a node again when this account may open it', async () => {
    let permitted = false;
    let looked: () => void = () => undefined;
    const firstLook = new Promise<void>((resolve) => {
      looked = resolve;
    });
    const { end, reached, changes } = await start(async () => {
      looked();
      return permitted;
    });
    const node = join(folder, 'hidraw3');
    mkdirSync(node);
    await reached(1);
    await firstLook;
    permitted = true;
    chmodSync(node, 0o700);
    await reached(2);
    chmodSync(node, 0o755);
    rmdirSync(node);
    await reached(3);
    end();
    expect(changes()).toBe(3);
  });

  test('says at its start where there is no such folder', async () => {
    await expect(hidrawHotplug(join(folder, 'none')).start(() => undefined)).rejects.toThrow('ENOENT');
  });
});
