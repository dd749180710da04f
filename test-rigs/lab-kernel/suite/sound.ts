import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { KernelTest } from './kernel-test.ts';

const tool = promisify(execFile);

async function withoutSound<T>(work: () => Promise<T>): Promise<T> {
  const file = '/etc/modprobe.d/no-usb-sound.conf';
  await writeFile(file, 'blacklist snd-usb-audio\n');
  await tool('modprobe', ['--remove', 'snd-usb-audio']);
  try {
    return await work();
  } finally {
    await rm(file);
  }
}

/**
 * Tests without the kernel's sound driver, those that aren't about how the kernel takes a headset: under emulation a sound card takes longer to appear than all
 * the rest of a device.
 */
export const silent = (tests: readonly KernelTest[]): readonly KernelTest[] => tests.map(({ name, run }) => ({ name, run: () => withoutSound(run) }));
