import { dfuProductId, firmwareVersion, serialNumber, updateProtocol } from '../../../messages/identity.ts';
import type { Message, ReplyOf } from '../../../messages/message.ts';
import { batteryStatus } from '../../../messages/status.ts';
import { DeviceError } from '../../../session/errors.ts';
import type { UpdateConnection } from '../../update/index.ts';

/** What counts of a device before it is updated. */
export interface DeviceFacts {
  /** GNP 02/01, null where it tells none. */
  readonly serial: string | null;
  /** GNP 02/03. */
  readonly version: string;
  /** GNP 02/13, null where it tells none. */
  readonly dfuProductId: number | null;
  /** GNP 02/14, null where it tells none. */
  readonly updateProtocol: number | null;
  /** GNP 12/02, null without a battery; a level of null: it has one and doesn't know. */
  readonly battery: { readonly level: number | null; readonly charging: boolean } | null;
}

/** The dongle answers for a headset that isn't there (facts E6). */
export const isAbsence = (error: unknown): boolean =>
  error instanceof DeviceError && (error.reason === 'no-child' || error.reason === 'no-device-at-address');

async function orNull<M extends Message>({ session, address }: UpdateConnection, message: M): Promise<ReplyOf<M> | null> {
  try {
    return await session.read<M>(message, address);
  } catch (error) {
    if (error instanceof DeviceError && error.code === 'rejected' && !isAbsence(error)) return null;
    throw error;
  }
}

/** Who a device is, and what it runs. */
export type Identity = Pick<DeviceFacts, 'serial' | 'version'>;

const serialOf = async (connection: UpdateConnection): Promise<string | null> => {
  const serial = (await orNull(connection, serialNumber))?.trim();
  return serial === undefined || serial === '' ? null : serial;
};

const versionOf = async ({ session, address }: UpdateConnection): Promise<string> => (await session.read(firmwareVersion, address)).trim();

/** Asks a device who it is. Rejects with `DeviceError`. */
export async function readIdentity(connection: UpdateConnection): Promise<Identity> {
  const version = await versionOf(connection);
  return { version, serial: await serialOf(connection) };
}

/** Asks a device what counts. Rejects with `DeviceError`; `isAbsence` of it: the dongle is there, the headset isn't. */
export async function readFacts(connection: UpdateConnection): Promise<DeviceFacts> {
  const dfu = await orNull(connection, dfuProductId);
  const serial = await serialOf(connection);
  const version = await versionOf(connection);
  const protocol = await orNull(connection, updateProtocol);
  const battery = await orNull(connection, batteryStatus);
  return {
    serial,
    version,
    dfuProductId: dfu,
    updateProtocol: protocol,
    battery: battery && { level: battery.level, charging: battery.state.charging },
  };
}
