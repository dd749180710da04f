import {
  Battery0Regular,
  Battery2Regular,
  Battery4Regular,
  Battery6Regular,
  Battery8Regular,
  Battery10Regular,
  BatteryChargeRegular,
  BatteryWarningRegular,
} from '@fluentui/react-icons';
import type { DeviceView } from '../../bridge/index.ts';
import type { Words } from '../words/words.ts';

const fills = [Battery0Regular, Battery2Regular, Battery4Regular, Battery6Regular, Battery8Regular, Battery10Regular] as const;

/** The level of a connected device; an unknown level is said to be unknown, an old one is not shown at all. */
export function BatteryLevel({ device, words }: { readonly device: DeviceView; readonly words: Words }) {
  const { battery, connection } = device;
  if (!battery || connection.status === 'disconnected') return <span className="battery" />;
  const { level, charging } = battery;
  const Icon = charging ? BatteryChargeRegular : level === null ? BatteryWarningRegular : (fills[Math.round(level / 20)] ?? Battery0Regular);
  return (
    <span className="battery">
      <Icon fontSize={20} aria-hidden />
      <span>{level === null ? words.t('devices.batteryUnknown') : words.t('common.percent', { value: level })}</span>
    </span>
  );
}
