import type { ReactNode } from 'react';
import type { DeviceView } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { connectionText } from '../model/names.ts';
import { whenText } from '../model/time.ts';
import { Facts } from '../parts/page.tsx';

export function DetailsTab({ device, isHidden }: { readonly device: DeviceView; readonly isHidden: boolean }) {
  const { state, words, calendar } = useApp();
  const { connection } = device;
  const link = connection.status === 'connected' ? connectionText(device, state.devices, words) : words.t('devices.notConnected');
  const family = <span className="mono">{device.family}</span>;
  const rows: (readonly [string, ReactNode])[] = [
    [words.t('details.model'), device.name],
    [words.t('details.serial'), device.serialNumber ?? words.t('details.noSerial')],
    [words.t('details.connection'), link],
    ...(connection.status === 'connected'
      ? []
      : [[words.t('details.lastSeen'), words.startOf(whenText(connection.lastSeenAt, calendar, words))] as const]),
    [words.t('details.firmware'), device.firmware.version ?? words.t('details.notYet')],
    [words.t('details.family'), family],
    ...(isHidden ? [[words.t('details.settings'), words.t('details.hidden')] as const] : []),
  ];
  return <Facts rows={rows} />;
}
