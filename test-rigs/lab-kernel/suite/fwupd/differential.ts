import assert from 'node:assert/strict';
import { realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { catalogue, type Family, findProduct, type HidPathInfo, type HidPort, jabraVendorId } from '@jpd/protocol';
import { type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { jabraQuirks, type QuirkRow } from '../../../fwupd/quirks.ts';
import { eventually } from '../../../lab/waiting.ts';
import { attachAll } from '../attached.ts';
import { kernelTest, type KernelTest } from '../kernel-test.ts';
import { realHid } from '../real-hid.ts';
import { fwupdReading, ourReading } from './readings.ts';

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
async function releaseFromKernel({ path }: HidPathInfo): Promise<void> {
  const hidDevice = await realpath(join('/sys/class/hidraw', basename(path), 'device'));
  await writeFile('/sys/bus/usb/drivers/usbhid/unbind', basename(dirname(hidDevice)));
}

/** All at once: to list twenty devices takes node-hid long under emulation. */
function allListed(hid: HidPort, all: readonly Listed[]): Promise<readonly (Listed & { readonly info: HidPathInfo })[]> {
  return eventually('all are listed', async () => {
    const infos = new Map((await hid.list(jabraVendorId)).map((info) => [info.serial, info]));
    const listed = all.flatMap((one) => {
      const info = infos.get(one.device.serial);
      return info ? [{ ...one, info }] : [];
    });
    return listed.length === all.length && listed;
  });
}

async function compareAll(): Promise<string> {
  const all = devicesOfEveryFamily();
  const attached = await attachAll(...all.map(({ device }) => device));
  const hid = realHid();
  try {
    const ours = [];
    const found = await allListed(hid, all);
    for (const { info, device, row } of found) ours.push(...(await ourReading(hid, info, device, row)));
    for (const { info, row } of found) if (row.plugin === 'jabra_file') await releaseFromKernel(info);
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
  kernelTest('this library and fwupd read the same of a device, for every family that fwupd lists', compareAll),
];
