import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { catalogue, type Family, findProduct, type HidPort, jabraVendorId } from '@jpd/protocol';
import { type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { jabraQuirks, type QuirkRow } from '../../../fwupd/quirks.ts';
import { attachAll } from '../attached.ts';
import { kernelTest, type KernelTest } from '../kernel-test.ts';
import { realHid } from '../real-hid.ts';
import { fwupdReading, ourReading } from './readings.ts';

const run = promisify(execFile);

interface Listed {
  readonly device: VirtualDevice;
  readonly row: QuirkRow;
}

const deviceOf = (family: Family, productId: number, child?: VirtualDevice): VirtualDevice =>
  virtualDevice({ family: family.id, catalogue: { ...catalogue, findFamily: () => family }, productId, ...(child ? { child } : {}) });

/** A device of each family that fwupd's own list names, also of those that our contract has no id for; one dongle with a headset, one without. */
function devicesOfEveryFamily(): readonly Listed[] {
  const rows = new Map<Family, QuirkRow>();
  for (const row of jabraQuirks()) {
    const family = findProduct(row.productId)?.family;
    assert.ok(family, `fwupd lists ${row.productId.toString(16)}, our catalogue does not`);
    if (!rows.has(family)) rows.set(family, row);
  }
  const child = virtualDevice({ family: 'evolve2-65', productId: 0x24b4, version: '2.3.4' });
  child.setBattery(61, false);
  return [...rows].map(([family, row]) => ({ row, device: deviceOf(family, row.productId, family.id === 'link-380' ? child : undefined) }));
}

/**
 * Takes a device's HID interface from the kernel. The plug-in `jabra_file` of fwupd 2.0.20 claims no interface before it writes to its endpoint, which the
 * kernel refuses (EBUSY) where its own driver has it; later ones claim it.
 */
async function releaseFromKernel(hid: HidPort, { serial }: VirtualDevice): Promise<void> {
  const path = (await hid.list(jabraVendorId)).find((info) => info.serial === serial)?.path ?? '';
  const hidDevice = await realpath(join('/sys/class/hidraw', basename(path), 'device'));
  await writeFile('/sys/bus/usb/drivers/usbhid/unbind', basename(dirname(hidDevice)));
}

/** Without the kernel's sound driver: twenty sound cards take longer to appear than all the rest, and nobody here uses them. */
async function withoutSound(work: () => Promise<string>): Promise<string> {
  const file = '/etc/modprobe.d/no-usb-sound.conf';
  await writeFile(file, 'blacklist snd-usb-audio\n');
  await run('modprobe', ['--remove', 'snd-usb-audio']);
  try {
    return await work();
  } finally {
    await rm(file);
  }
}

async function compareAll(): Promise<string> {
  const all = devicesOfEveryFamily();
  const attached = await attachAll(...all.map(({ device }) => device));
  const hid = realHid();
  try {
    const ours = [];
    for (const { device, row } of all) ours.push(...(await ourReading(hid, device, row)));
    for (const { device, row } of all) if (row.plugin === 'jabra_file') await releaseFromKernel(hid, device);
    await hid.close();
    const byGuid = (a: { readonly guid: string }, b: { readonly guid: string }): number => a.guid.localeCompare(b.guid);
    assert.deepEqual((await fwupdReading()).toSorted(byGuid), ours.toSorted(byGuid));
    return `${all.length} families`;
  } finally {
    await hid.close();
    await attached.close();
  }
}

/** Every family at once. */
export const differential: readonly KernelTest[] = [
  kernelTest('this library and fwupd read the same of a device, for every family that fwupd lists', () => withoutSound(compareAll)),
];
