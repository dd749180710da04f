import { findProduct, jabraVendorId } from '@jpd/protocol';
import type {
  DeviceBattery,
  DeviceConnection,
  DeviceDocument,
  DeviceFirmware,
  DeviceModel,
  SettingError,
  SettingValue,
} from '../../contract/index.ts';
import { timestamp } from '../../contract/index.ts';
import type { AppliedSettings, DesiredRecord } from './record.ts';
import type { Route } from './route.ts';

/** Everything a device document says, before it is a document. */
export interface DeviceFacts {
  readonly deviceId: string;
  readonly model: DeviceModel;
  readonly serial: string | null;
  readonly version: string | null;
  readonly connection: DeviceConnection;
  readonly battery: DeviceBattery | null;
  readonly values: Readonly<Record<string, SettingValue>>;
  readonly locked: readonly string[];
  readonly errors: readonly SettingError[];
  readonly applied: AppliedSettings | null;
  /** When this process last read the device, Unix milliseconds; no part of the document. */
  readonly readAt: number | null;
}

/** `model` as the contract wants it. */
export function modelOf(route: Route, productName: string | null): DeviceModel {
  const hex = route.productId.toString(16).toUpperCase().padStart(4, '0');
  return {
    vendorId: jabraVendorId,
    productId: route.productId,
    name: route.identity.name ?? productName ?? route.family?.name ?? `Jabra device ${hex}`,
    family: route.family?.id ?? 'unknown',
    formFactor: route.family?.formFactor ?? 'headset',
    dfuProductId: route.identity.dfuProductId,
  };
}

/** What was just read of a device on a route. */
export interface DeviceReading {
  readonly route: Route;
  /** The dongle's, for a headset behind it. */
  readonly parentDeviceId: string | null;
  /** Null where it has none, undefined where it didn't answer. */
  readonly battery: DeviceBattery | null | undefined;
  readonly values: Readonly<Record<string, SettingValue>>;
}

/** What is known of a device that was just read, given what was known before. */
export function connectedFacts(deviceId: string, known: DeviceFacts | null, reading: DeviceReading, now: number): DeviceFacts {
  const { route, parentDeviceId, battery, values } = reading;
  const { version, serial } = route.identity;
  const before = known?.connection;
  const lastSeenAt = before?.status === 'connected' ? before.lastSeenAt : timestamp(now);
  const unknownBattery = route.family?.hasBattery === true ? { level: null, charging: false, low: false } : null;
  return {
    deviceId,
    model: modelOf(route, findProduct(route.productId)?.product.name ?? null),
    serial: serial?.toUpperCase() ?? null,
    version,
    connection: { status: 'connected', transport: route.transport, parentDeviceId, lastSeenAt },
    battery: battery === undefined ? (known?.battery ?? unknownBattery) : battery,
    values,
    locked: known?.locked ?? [],
    errors: known?.errors ?? [],
    applied: known?.applied ?? null,
    readAt: now,
  };
}

/** What an earlier document already said; where nothing changes, facts of a restart begin here. */
export function factsOf(document: DeviceDocument, applied: AppliedSettings | null): DeviceFacts {
  return {
    deviceId: document.deviceId,
    model: document.model,
    serial: document.electronicSerialNumber,
    version: document.firmware.version,
    connection: document.connection,
    battery: document.battery,
    values: document.settings.values,
    locked: document.settings.locked,
    errors: document.settings.errors,
    applied,
    readAt: null,
  };
}

/** Whether a desired revision waits to be applied. */
export function isPending(applied: AppliedSettings | null, desired: DesiredRecord | null): desired is DesiredRecord {
  return desired !== null && desired.document.revision > (applied?.revision ?? -1);
}

function settingsPart(facts: DeviceFacts, desired: DesiredRecord | null): DeviceDocument['settings'] {
  const settled = facts.errors.length > 0 ? 'failed' : 'in-sync';
  const waiting = desired?.waitsForLogin === null ? 'pending-device' : 'pending-login';
  return {
    desiredRevision: desired?.document.revision ?? null,
    appliedRevision: facts.applied?.revision ?? null,
    state: isPending(facts.applied, desired) ? waiting : settled,
    values: { ...facts.values },
    locked: [...facts.locked],
    errors: [...facts.errors],
  };
}

/** The document of these facts. Pure; `firmware`, `revision` and the time are the caller's. */
export function composeDocument(
  facts: DeviceFacts,
  desired: DesiredRecord | null,
  firmware: DeviceFirmware,
  revision: number,
  now: number,
): DeviceDocument {
  return {
    schema: 'device/1',
    sentAt: timestamp(now),
    deviceId: facts.deviceId,
    revision,
    model: facts.model,
    electronicSerialNumber: facts.serial,
    connection: facts.connection,
    firmware,
    battery: facts.battery,
    settings: settingsPart(facts, desired),
  };
}

/** Whether two documents say the same, whatever their revision and when they were made. */
export function saysTheSame(a: DeviceDocument, b: DeviceDocument): boolean {
  const content = (document: DeviceDocument): string => canonical({ ...document, revision: 0, sentAt: '' });
  return content(a) === content(b);
}

/** JSON with sorted keys: what comes back from the store, or from another order of reading, must not look like a change. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
