import { findProduct, GnpDevice, type HidPort, jabraVendorId, readChildHeadset, readIdentity, Session } from '@jpd/protocol';
import { eventually } from '../../lab/waiting.ts';
import { machineClock } from '../../platform/machine-clock.ts';

/** What a person is shown of a device. */
export interface Described {
  readonly name: string | null;
  readonly serial: string | null;
  readonly version: string | null;
  readonly battery: number | null;
}

/** Reads a device through hidraw, and the headset behind it. */
export async function readThrough(hid: HidPort, serial: string): Promise<readonly Described[]> {
  const info = await eventually(`${serial} is listed`, async () => (await hid.list(jabraVendorId)).find((one) => one.serial === serial));
  const family = findProduct(info.productId)?.family;
  if (!family) throw new Error(`nobody knows ${info.productId.toString(16)}`);
  const session = new Session(await hid.open(info), machineClock);
  try {
    const own = new GnpDevice(session, family.address, family, []);
    const described = async (device: GnpDevice): Promise<Described> => {
      const { name, serial: told, version } = await readIdentity(session, device.address);
      return { name, serial: told, version, battery: (await device.battery())?.level ?? null };
    };
    const child = family.hasChildren ? await readChildHeadset(session, own) : null;
    return [await described(own), ...(child ? [await described(child.device)] : [])];
  } finally {
    await session.close();
  }
}
