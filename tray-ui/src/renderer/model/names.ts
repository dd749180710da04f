import type { DeviceView, Source } from '../../bridge/index.ts';
import type { Words } from '../words/words.ts';

export const shortName = (name: string): string => name.replace(/^Jabra /u, '');

export function sourceText(source: Source, device: DeviceView, words: Words): string {
  return words.t(`source.${source.kind}`, {
    name: source.kind === 'exception' ? shortName(device.name) : source.name,
    ...words.noun(device.formFactor),
  });
}

/** The children of an adapter come before it; an adapter alone stands as itself. */
export function connectedInOrder(devices: readonly DeviceView[]): { readonly device: DeviceView; readonly isAdapterOf: DeviceView | null }[] {
  const connected = devices.filter(({ connection }) => connection.status === 'connected');
  const childOf = (device: DeviceView) => connected.find(({ connection }) => connection.parentDeviceId === device.deviceId) ?? null;
  return connected
    .filter((device) => !childOf(device))
    .flatMap((device) => {
      const parent = connected.find(({ deviceId }) => deviceId === device.connection.parentDeviceId);
      const siblings = parent ? connected.filter(({ connection }) => connection.parentDeviceId === parent.deviceId) : [];
      const isLast = siblings.at(-1) === device;
      return [{ device, isAdapterOf: null }, ...(parent && isLast ? [{ device: parent, isAdapterOf: device }] : [])];
    });
}

function adapterName(device: DeviceView, devices: readonly DeviceView[]): string | null {
  const parent = devices.find(({ deviceId }) => deviceId === device.connection.parentDeviceId);
  return parent ? shortName(parent.name) : null;
}

export function connectionText(device: DeviceView, devices: readonly DeviceView[], words: Words): string {
  const adapter = adapterName(device, devices);
  if (adapter !== null) return words.t('devices.through', { adapter });
  return words.t(device.connection.transport === 'bluetooth' ? 'devices.bluetooth' : 'devices.usb');
}
