import { ListItem } from '@fluentui/react-components';
import { ChevronRight20Regular } from '@fluentui/react-icons';
import type { DeviceView } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { deviceSpoken } from '../model/device-spoken.ts';
import { connectionText, shortName } from '../model/names.ts';
import { whenText } from '../model/time.ts';
import { BatteryLevel } from './battery.tsx';
import { FirmwareMark } from './firmware-mark.tsx';
import { Glyph } from './glyph.tsx';

/** One device of the list; the whole row opens it. An adapter stands below its headset. */
export function DeviceRow({ device, isAdapterOf }: { readonly device: DeviceView; readonly isAdapterOf: DeviceView | null }) {
  const { state, words, calendar, go } = useApp();
  const isAway = device.connection.status === 'disconnected';
  const name = shortName(device.name);
  const open = () => go({ page: 'devices', deviceId: device.deviceId, tab: null });
  const about = isAway
    ? words.t('devices.lastConnected', { when: whenText(device.connection.lastSeenAt, calendar, words) })
    : connectionText(device, state.devices, words);
  return (
    <ListItem
      className={`card device${isAdapterOf ? ' adapter' : ''}${isAway ? ' away' : ''}`}
      data-device={device.deviceId}
      aria-label={deviceSpoken(device, isAdapterOf, state, calendar, words)}
      onAction={open}
    >
      <Glyph formFactor={device.formFactor} size={isAdapterOf ? 28 : 48} />
      {isAdapterOf ? (
        <span className="who">
          <span className="name">{name}</span>
          <span className="caption muted">{words.t('devices.adapterFor', { headset: shortName(isAdapterOf.name) })}</span>
        </span>
      ) : (
        <>
          <span className="who">
            <span className="name">{name}</span>
            <span className="caption muted">{about}</span>
          </span>
          <BatteryLevel device={device} words={words} />
          <FirmwareMark device={device} />
        </>
      )}
      <ChevronRight20Regular className="chevron" aria-hidden />
    </ListItem>
  );
}
