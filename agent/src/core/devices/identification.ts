import {
  Address,
  type Clock,
  delay,
  DeviceError,
  type DeviceIdentity,
  dfuProductId,
  type Family,
  GnpDevice,
  type HidBus,
  type OperatorMapping,
  readIdentity,
  type RequestOptions,
  selectActions,
  selectWires,
  type Session,
} from '@jpd/protocol';

/** A device that left questions unanswered is asked again; the last wait is for what takes minutes to start. */
export const identityRetryMs: readonly number[] = [1000, 5000, 30_000, 120_000];
/** After so many rounds a device is reported even if it doesn't tell what its id is made of. */
const roundsBeforeGuessing = 3;

/** Where an unknown product answers: fwupd's default for headsets, then its address for dongles. Rejects with `disconnected` or `cancelled` only. */
export async function probeAddress(session: Session, options: RequestOptions): Promise<number> {
  try {
    await session.read(dfuProductId, Address.headsetViaUsb, options);
  } catch (error) {
    if (!(error instanceof DeviceError) || error.code === 'disconnected' || error.code === 'cancelled') throw error;
    if (error.reason === 'no-device-at-address' || error.code === 'timeout') return Address.base;
  }
  return Address.headsetViaUsb;
}

/**
 * Whether the device's id can be made of this (contract 2): it told or refused to tell its serial and, unless that is known otherwise, its DFU product id.
 * `round` counts from 0; a device that never answers is not kept back for ever.
 */
export function isIdentified({ complete, serial, dfuProductId: dfu }: DeviceIdentity, round: number, dfuIsKnown: boolean): boolean {
  return complete || (serial !== null && (dfuIsKnown || dfu !== null)) || round + 1 >= roundsBeforeGuessing;
}

/** Firmware that starts refuses what it answers a moment later; as long as fwupd waits between two attempts (facts E7). */
const refusal = { tries: 3, pauseMs: 100 } as const;

/**
 * Reads who a device is. What it refuses is asked again before that counts as its answer; what it leaves unanswered is the caller's to ask later.
 * `isThere` tells by an identity whether somebody is at the address at all. Rejects with `disconnected` or `cancelled` only.
 */
export async function identify(
  session: Session,
  address: number,
  clock: Clock,
  options: RequestOptions,
  isThere: (identity: DeviceIdentity) => boolean = () => true,
): Promise<DeviceIdentity> {
  let identity = await readIdentity(session, address, options);
  for (let tries = 1; tries < refusal.tries; tries += 1) {
    const isRefused = identity.complete && [identity.serial, identity.version, identity.dfuProductId].includes(null);
    if (!isRefused || !isThere(identity)) break;
    await delay(clock, refusal.pauseMs);
    const again = await readIdentity(session, address, options);
    identity = { ...withEarlier({ ...again, complete: false }, identity), complete: again.complete };
  }
  return identity;
}

/** What a device said in this round, and in the rounds before where it left something unanswered. */
export function withEarlier(now: DeviceIdentity, before: DeviceIdentity | null): DeviceIdentity {
  if (now.complete || !before) return now;
  return {
    name: now.name ?? before.name,
    serial: now.serial ?? before.serial,
    version: now.version ?? before.version,
    dfuProductId: now.dfuProductId ?? before.dfuProductId,
    updateProtocol: now.updateProtocol ?? before.updateProtocol,
    complete: false,
  };
}

/** What a device needs besides its session. */
export interface DeviceKind {
  readonly address: number;
  readonly family: Family | null;
  readonly bus: HidBus;
  readonly productId: number;
  readonly identity: DeviceIdentity;
  readonly operatorMappings: readonly OperatorMapping[];
}

/** A device to ask and write to, through the wires that its product, firmware and bus allow. */
export function gnpDevice(session: Session, { address, family, bus, productId, identity, operatorMappings }: DeviceKind): GnpDevice {
  const { dfuProductId: dfu, version } = identity;
  const productIds = dfu === null ? [productId] : [productId, dfu];
  const wires = selectWires({ family, bus, productIds, version, operatorMappings });
  return new GnpDevice(session, address, family, wires, selectActions({ family, bus }));
}
