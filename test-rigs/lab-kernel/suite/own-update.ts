import { type HidPort, hidUpdateTarget, findProduct, jabraVendorId, updateFirmware } from '@jpd/protocol';
import { readFirmwarePackage } from '@jpd/protocol/firmware';
import { machineClock } from '../../platform/machine-clock.ts';
import type { BuiltPackage } from './fwupd/packages.ts';

/** Updates a device through hidraw by our own updater. Gives the version that it runs then; what came of it where it was nothing. */
export async function updateThrough(hid: HidPort, serial: string, { zip }: BuiltPackage): Promise<string> {
  const firmware = readFirmwarePackage(zip);
  const family = findProduct(firmware.dfuProductIds[0] ?? 0)?.family;
  if (!family) throw new Error('the package names no product that is known');
  const target = hidUpdateTarget(hid, machineClock, { vendorId: jabraVendorId, serial, physicalPort: '' }, family.address);
  const outcome = await updateFirmware({ target, clock: machineClock, firmware, digest: 'lab' });
  return outcome.status === 'updated' ? outcome.version : JSON.stringify(outcome);
}
