import { constants, watch } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer } from '@jpd/protocol';

/** Says that something was plugged or unplugged. */
export interface HotplugSource {
  /** For the log. */
  readonly name: string;
  /** Resolves to what ends it. Rejects where this machine doesn't tell. */
  start(onChange: () => void): Promise<() => void>;
}

/**
 * When to look again after something was plugged in, besides at once: a USB device is announced before Windows made its HID paths, which takes some
 * hundred milliseconds, and seconds at the first time while it installs the driver.
 */
const lookAgainMs = [500, 2000, 6000];

/** The native part of the `usb` package that is used. */
export interface UsbBinding {
  devices(): Promise<readonly { readonly vendorId: number; readonly handle: string }[]>;
  readonly emitter: {
    addAttach(callback: (device: { readonly vendorId: number; readonly handle: string }) => void): Promise<void>;
    removeAttach(): Promise<void>;
    addDetach(callback: (handle: string) => void): Promise<void>;
    removeDetach(): Promise<void>;
  };
}

/**
 * Loads `usb` when it is first needed. Its WebUSB layer is left out: where the system offers no USB it rejects a promise that nobody can catch,
 * which ends a Node program.
 */
async function loadUsb(): Promise<UsbBinding> {
  const { Emitter, nativeGetDevices } = await import('usb/index.js');
  return { devices: nativeGetDevices, emitter: new Emitter() };
}

/** USB attach and detach of one vendor's devices. */
export function usbHotplug(options: { readonly vendorId: number; readonly clock: Clock; readonly load?: () => Promise<UsbBinding> }): HotplugSource {
  const { vendorId, clock, load = loadUsb } = options;
  return {
    name: 'usb',
    start: async (onChange) => {
      const usb = await load();
      const { emitter } = usb;
      const ours = new Set((await usb.devices()).filter((device) => device.vendorId === vendorId).map(({ handle }) => handle));
      let timers: Timer[] = [];
      await emitter.addAttach((device) => {
        if (device.vendorId !== vendorId) return;
        ours.add(device.handle);
        for (const timer of timers) timer.cancel();
        timers = lookAgainMs.map((milliseconds) => clock.setTimer(milliseconds, onChange));
        onChange();
      });
      await emitter.addDetach((handle) => {
        if (ours.delete(handle)) onChange();
      });
      return () => {
        for (const timer of timers) timer.cancel();
        // Ending is all that is left to do; there is nothing to do about a failure.
        void Promise.allSettled([emitter.removeAttach(), emitter.removeDetach()]);
      };
    },
  };
}

const isNode = (name: string): boolean => name.startsWith('hidraw');

const mayOpen = (path: string): Promise<boolean> =>
  access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );

/**
 * Linux: hidraw nodes that appear in /dev, vanish, or become usable (udev gives permissions after the node is there).
 * Also tells of HID over Bluetooth and uhid, which are no USB devices.
 */
export function hidrawHotplug(folder = '/dev', usable: (path: string) => Promise<boolean> = mayOpen): HotplugSource {
  return {
    name: 'hidraw',
    start: async (onChange) => {
      // The system tells of each write to a node as it tells of new permissions: a node that is usable has nothing more to tell.
      const known = new Set<string>();
      const look = async (name: string): Promise<boolean> => {
        if (known.has(name) || !(await usable(join(folder, name)))) return false;
        known.add(name);
        return true;
      };
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        if (name === null || !isNode(name)) return;
        if (event === 'rename') {
          known.delete(name);
          onChange();
        }
        void look(name).then((became) => became && event === 'change' && onChange());
      });
      watcher.on('error', () => {
        watcher.close();
      });
      await Promise.all((await readdir(folder)).filter(isNode).map(look));
      return () => {
        watcher.close();
      };
    },
  };
}
