import type { LocalState } from '@jpd/agent/local';
import type { DeviceView, SettingRow } from '../../bridge/index.ts';
import { firmwareView } from './firmware.ts';

type Document = LocalState['devices'][number];
type LocalRow = LocalState['settings'][number]['rows'][number];

const sourceOf = (source: LocalRow['source']): SettingRow['source'] => source && { kind: source.kind, name: source.name };

const rowView = ({ source, ...row }: LocalRow): SettingRow => ({ ...row, source: sourceOf(source) });

/** A battery that was read once is no battery of now: a device that is away shows none. */
function batteryView({ battery, connection }: Document): DeviceView['battery'] {
  if (!battery || connection.status === 'disconnected') return null;
  const { level, charging, low } = battery;
  return { level, charging, low };
}

function deviceView(document: Document, local: LocalState): DeviceView {
  const { deviceId, model, connection } = document;
  const isOf = (one: { readonly deviceId: string }): boolean => one.deviceId === deviceId;
  const { status, transport, parentDeviceId } = connection;
  return {
    deviceId,
    name: model.name,
    family: model.family,
    formFactor: model.formFactor,
    serialNumber: document.electronicSerialNumber,
    connection: { status, transport, parentDeviceId, lastSeenAt: Date.parse(connection.lastSeenAt) },
    battery: batteryView(document),
    firmware: firmwareView(document.firmware, local.firmware.find(isOf) ?? null),
    settings: (local.settings.find(isOf)?.rows ?? []).map(rowView),
  };
}

/** Names as people read them, so that a "10" comes after a "9"; the same on every PC, whatever its language. */
const byName = new Intl.Collator('en', { numeric: true }).compare;

/** Those that are there by name, then those that are away, the last seen first: the same devices are always in the same order. */
function inOrder(a: DeviceView, b: DeviceView): number {
  const [isAwayA, isAwayB] = [a, b].map(({ connection }) => (connection.status === 'disconnected' ? 1 : 0));
  if (isAwayA !== isAwayB) return (isAwayA ?? 0) - (isAwayB ?? 0);
  const bySeen = isAwayA === 1 ? b.connection.lastSeenAt - a.connection.lastSeenAt : 0;
  return bySeen || byName(a.name, b.name) || (a.deviceId < b.deviceId ? -1 : 1);
}

export const deviceViews = (local: LocalState): DeviceView[] => local.devices.map((document) => deviceView(document, local)).toSorted(inOrder);
