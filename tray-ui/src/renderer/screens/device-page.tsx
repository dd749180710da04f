import { Button, Tab, TabList, Tooltip } from '@fluentui/react-components';
import { ArrowLeft20Regular } from '@fluentui/react-icons';
import { useEffect, useRef } from 'react';
import type { DeviceTab, DeviceView } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { firmwareKind, needsPerson } from '../model/firmware-kind.ts';
import { firmwareWord } from '../model/firmware-words.ts';
import { connectionText, shortName } from '../model/names.ts';
import { whenText } from '../model/time.ts';
import { Glyph } from '../parts/glyph.tsx';
import { DetailsTab } from './details-tab.tsx';
import { FirmwareTab } from './firmware-tab.tsx';
import { RecoveryDialog } from './recovery-dialog.tsx';
import { SettingsTab } from './settings-tab.tsx';

export function DevicePage({ device }: { readonly device: DeviceView }) {
  const { state, words, calendar, place, go, back, hasMoved } = useApp();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasMoved) heading.current?.focus();
  }, [hasMoved]);
  const isHidden = state.policy.endUserSettings === 'hidden' && state.status.connection !== 'revoked';
  const kind = firmwareKind(device);
  const tabs: readonly DeviceTab[] = isHidden ? ['firmware', 'details'] : ['settings', 'firmware', 'details'];
  const tab = place.tab && tabs.includes(place.tab) ? place.tab : (tabs[0] ?? 'details');
  const dot = needsPerson(kind);
  const firmwareName = words.t('tab.firmware');
  return (
    <>
      <div className="device-head">
        <Tooltip content={words.t('common.back')} relationship="label">
          <Button appearance="subtle" icon={<ArrowLeft20Regular />} onClick={back} />
        </Tooltip>
        <Glyph formFactor={device.formFactor} size={44} />
        <div>
          <h1 ref={heading} tabIndex={-1} className="subtitle1">
            {shortName(device.name)}
          </h1>
          <div className="caption muted meta">
            {facts().map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </div>
        </div>
      </div>
      <TabList
        className="tabs"
        selectedValue={tab}
        onTabSelect={(_, { value }) => {
          const chosen = tabs.find((one) => one === value);
          if (chosen) go({ page: 'devices', deviceId: device.deviceId, tab: chosen });
        }}
      >
        {tabs.map((one) => (
          <Tab
            key={one}
            id={`tab-${one}`}
            value={one}
            aria-controls={one === tab ? 'panel' : undefined}
            {...(one === 'firmware' && dot
              ? { 'aria-label': words.t('tab.say.needsYou', { tab: firmwareName, state: firmwareWord(device, state.policy, words) }) }
              : {})}
          >
            <span className="tab-text">
              {words.t(`tab.${one}`)}
              {one === 'firmware' && dot ? <span className="dot" /> : null}
            </span>
          </Tab>
        ))}
      </TabList>
      <div id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'settings' ? <SettingsTab device={device} /> : null}
        {tab === 'firmware' ? <FirmwareTab device={device} /> : null}
        {tab === 'details' ? <DetailsTab device={device} isHidden={isHidden} /> : null}
      </div>
      <RecoveryDialog device={device} />
    </>
  );

  function facts(): string[] {
    if (device.connection.status === 'disconnected') {
      return [words.t('devices.notConnected'), words.t('devices.lastConnected', { when: whenText(device.connection.lastSeenAt, calendar, words) })];
    }
    const link = connectionText(device, state.devices, words);
    if (kind === 'failed' && device.firmware.isRecoverable && !device.firmware.isUsable) return [link, words.t('head.waitsForRecovery')];
    const level = device.battery?.level ?? null;
    return [link, ...(level === null ? [] : [words.t('head.battery', { level })]), ...(device.battery?.charging ? [words.t('head.charging')] : [])];
  }
}
