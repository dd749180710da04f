import { type Family, findProduct } from '../../families/index.ts';
import { Address } from '../../frames/index.ts';
import type { RequestOptions, Session } from '../../session/session.ts';
import type { SettingsWire } from '../../settings/index.ts';
import { GnpDevice } from '../gnp-device.ts';
import { type DeviceIdentity, readIdentity } from '../identity.ts';
import { connectionEventOf } from './link.ts';

/** The headset behind a dongle, at address 4: a name, serial number, version, battery, settings and events of its own. */
export interface ChildHeadset {
  /** DFU product id. */
  readonly productId: number;
  /** Null for a product that the catalogue doesn't know. */
  readonly family: Family | null;
  readonly identity: DeviceIdentity;
  readonly device: GnpDevice;
}

export interface ChildOptions extends RequestOptions {
  /** How its settings may be reached, see `selectWires`; default: not at all. */
  readonly wires?: (productId: number, family: Family | null, version: string | null) => readonly SettingsWire[];
}

/** Headsets that change places faster than one can be asked. */
const attempts = 3;

/**
 * Who is behind the dongle now, null where nobody is; never one headset's name with another's serial number: where the dongle tells of a change in between,
 * it is asked again, and where that doesn't end the identity is not `complete`. Rejects with `DeviceError`.
 */
export async function readChildHeadset(session: Session, dongle: GnpDevice, options: ChildOptions = {}): Promise<ChildHeadset | null> {
  const { wires, ...request } = options;
  let changes = 0;
  const stopListening = session.onEvent((packet) => {
    if (packet.source === dongle.address && connectionEventOf(packet)) changes += 1;
  });
  try {
    for (let attempt = 1; ; attempt += 1) {
      const before = changes;
      const productId = await dongle.child(request);
      if (productId === null) return null;
      const read = await readIdentity(session, Address.headset1, request);
      const isOne = changes === before && read.dfuProductId === productId;
      if (!isOne && attempt < attempts) continue;
      const identity = isOne ? read : { ...read, complete: false };
      const family = findProduct(productId)?.family ?? null;
      const device = new GnpDevice(session, Address.headset1, family, wires?.(productId, family, identity.version) ?? []);
      return { productId, family, identity, device };
    }
  } finally {
    stopListening();
  }
}
