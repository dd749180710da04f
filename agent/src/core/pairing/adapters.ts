import type { Dongle } from '@jpd/protocol';
import type { DeviceDocument } from '../../contract/index.ts';
import type { DeviceManager } from '../devices/device-manager.ts';

/** An adapter that is plugged in and can pair from here. */
export interface PairingAdapter {
  readonly deviceId: string;
  readonly name: string;
  /** Another object each time that it is plugged in. */
  readonly dongle: Dongle;
  /** It, or the headset behind it, is being updated. */
  readonly isUpdating: boolean;
  readonly hasHeadset: boolean;
}

/** Adapters in the order of their ids, those without a headset first: whoever pairs wants to use the free one. */
export function adaptersOf(devices: Pick<DeviceManager, 'documents' | 'device'>): readonly PairingAdapter[] {
  const documents = devices.documents();
  const children = ({ deviceId }: DeviceDocument): readonly DeviceDocument[] =>
    documents.filter(({ connection }) => connection.status === 'connected' && connection.parentDeviceId === deviceId);
  const adapters = documents.flatMap((document) => {
    const { deviceId, model } = document;
    const routes = [...(devices.device(deviceId)?.routes.values() ?? [])];
    const dongle = routes.find((route) => route.dongle)?.dongle;
    if (!dongle) return [];
    const behind = children(document);
    const isUpdating = [document, ...behind].some(({ firmware }) => firmware.status === 'updating');
    return [{ deviceId, name: model.name, dongle, isUpdating, hasHeadset: behind.length > 0 }];
  });
  const rank = ({ hasHeadset, deviceId }: PairingAdapter): string => `${hasHeadset ? 1 : 0}${deviceId}`;
  return adapters.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
