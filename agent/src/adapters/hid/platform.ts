import { constants } from 'node:fs';
import { access, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { HidBus } from '@jpd/protocol';
import { systemCode } from '../node/index.ts';
import { hidrawWriter, type ReportWriter } from './report-writer.ts';

/** What node-hid doesn't tell of a path, and each operating system knows in its own way. */
export interface HidPlatform {
  /** The physical port, see `HidPathInfo`, and how the path reaches the machine. */
  locate(path: string): Promise<{ readonly physicalPort: string; readonly bus: HidBus }>;
  /** The report descriptor, null where the system gives none. */
  descriptor(path: string): Promise<Uint8Array | null>;
  /** Why a path cannot be opened, null where the system doesn't say. */
  obstacle(path: string): Promise<'gone' | 'no-permission' | null>;
  /** What writes to a path, where the system has more than node-hid's way. Rejects where the path cannot be opened. */
  readonly writer?: (path: string) => Promise<ReportWriter>;
}

/** Bus numbers of Linux's HID ids, `0003:0B0E:24DA.0005`. */
const hidId = /^([0-9A-F]{4}):[0-9A-F]{4}:[0-9A-F]{4}\.[0-9A-F]{4}$/i;
const bluetoothBus = '0005';
/** A USB device in sysfs: bus, and the ports of the hubs on the way. */
const usbPort = /^\d+-\d+(\.\d+)*$/;

const textOrEmpty = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
/** Where a device without a USB port is: the transport's own address, e.g. of a Bluetooth adapter and the headset on it. */
async function physicalAddress(folder: string): Promise<string> {
  const fields = new Map(
    (await textOrEmpty(join(folder, 'uevent'))).split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  // An interface's number is no part of the port.
  const parts = [fields.get('HID_PHYS')?.replace(/\/input\d+$/, ''), fields.get('HID_UNIQ')];
  return parts.filter((part) => part !== undefined && part !== '').join('/');
}

/** Linux: sysfs. `hidraw` is where it keeps the hidraw class. */
export function linuxPlatform(hidraw = '/sys/class/hidraw'): HidPlatform {
  const folderOf = (path: string): string => join(hidraw, basename(path), 'device');
  return {
    locate: async (path) => {
      const folder = await realpath(folderOf(path)).catch(() => '');
      const parts = folder.split('/');
      const bus = hidId.exec(parts.at(-1) ?? '')?.[1] === bluetoothBus ? 'bluetooth' : 'usb';
      const physicalPort = parts.findLast((part) => usbPort.test(part)) ?? (await physicalAddress(folder));
      return { physicalPort: physicalPort === '' ? path : physicalPort, bus };
    },
    descriptor: async (path) => {
      try {
        return Uint8Array.from(await readFile(join(folderOf(path), 'report_descriptor')));
      } catch {
        return null;
      }
    },
    obstacle: async (path) => {
      try {
        await access(path, constants.R_OK | constants.W_OK);
        return null;
      } catch (error) {
        return systemCode(error) === 'ENOENT' ? 'gone' : 'no-permission';
      }
    },
    writer: hidrawWriter,
  };
}

/** Service ids of HID over Bluetooth, classic and low energy, in Windows paths. */
const bluetoothService = /\{0000(1124|1812)-0000-1000-8000-00805f9b34fb\}/i;

/**
 * Windows: everything is in the path, `\\?\HID#VID_0B0E&PID_24DA&MI_03&Col02#8&1a2b3c4d&0&0001#{…}`. The collection's number is in it twice:
 * as `&Col02` and at the end of the instance id.
 */
export const windowsPlatform: HidPlatform = {
  locate: async (path) => {
    const [, hardware, instance] = path.split('#');
    const port =
      hardware === undefined || instance === undefined ? path : `${hardware.replace(/&Col\d+/i, '')}#${instance.replace(/&[0-9a-f]{4}$/i, '')}`;
    return { physicalPort: port.toLowerCase(), bus: bluetoothService.test(path) ? 'bluetooth' : 'usb' };
  },
  descriptor: async () => null,
  obstacle: async () => null,
};

/** Any other system: a path is all that is known of a device. */
export const plainPlatform: HidPlatform = {
  locate: async (path) => ({ physicalPort: path, bus: 'usb' }),
  descriptor: async () => null,
  obstacle: async () => null,
};
