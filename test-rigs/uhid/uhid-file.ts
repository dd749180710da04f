import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { systemCode } from '../virtual/errors.ts';
import { UhidError } from './errors.ts';
import { eventLength } from './wire.ts';

/** An open `/dev/uhid`: one device of the kernel, for as long as it is open. */
export interface UhidFile {
  /** The next event, null where there is none now. */
  read(): Uint8Array | null;
  write(event: Uint8Array): void;
  close(): void;
}

const remedies: Readonly<Record<string, string>> = {
  ENOENT: 'load the kernel module: modprobe uhid',
  ENODEV: 'load the kernel module: modprobe uhid',
  EACCES: 'run it as root, or let your user write to /dev/uhid by a udev rule',
  EPERM: 'run it as root, or let your user write to /dev/uhid by a udev rule',
};

/**
 * Opens `/dev/uhid` without blocking: a read that waits in Node's thread pool would keep the process from ending, and four of them all of Node's
 * files from being read. Throws `UhidError`.
 */
export function openUhid(path = '/dev/uhid'): UhidFile {
  let file: number;
  try {
    file = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (error) {
    const code = systemCode(error) ?? '';
    throw new UhidError(`cannot open ${path} (${code}): ${remedies[code] ?? 'it needs Linux with the module uhid'}`, { cause: error });
  }
  const buffer = new Uint8Array(eventLength);
  return {
    read: () => {
      try {
        return buffer.slice(0, readSync(file, buffer, 0, buffer.length, null));
      } catch (error) {
        if (systemCode(error) === 'EAGAIN') return null;
        throw new UhidError('the kernel gave the device up', { cause: error });
      }
    },
    write: (event) => {
      writeSync(file, event);
    },
    close: () => {
      closeSync(file);
    },
  };
}
