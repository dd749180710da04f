import { Button, Tooltip } from '@fluentui/react-components';
import { Add20Regular, Building20Regular, CloudOff20Regular } from '@fluentui/react-icons';
import { useEffect } from 'react';
import type { DeviceView } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { firmwareCard } from '../model/firmware-words.ts';
import { connectionText, shortName } from '../model/names.ts';
import { whenText } from '../model/time.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { BatteryLevel } from '../parts/battery.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { Bar, useTimeLeftText } from '../parts/progress.tsx';

/** What a click on the tray icon shows: the devices, and the one question if there is one. */
export function Flyout() {
  const { state, bridge, words } = useApp();
  const { status } = state;
  const open = (deviceId: string | null) => void bridge.call('openWindow', { page: 'devices', deviceId, tab: null }).catch(() => undefined);
  useEffect(() => {
    const pressed = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') bridge.call('closeWindow', {}).catch(() => undefined);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [bridge]);
  const connected = state.devices.filter(({ connection, formFactor }) => connection.status === 'connected' && formFactor !== 'dongle');
  const updating = connected.find(({ firmware }) => firmware.status === 'updating');
  const asking = connected.find(
    ({ firmware }) => firmware.prompt && firmware.prompt.kind !== 'postponed' && firmware.status === 'pending' && firmware.reason === null,
  );
  const isManaged = status.connection !== 'revoked' && status.connection !== 'not-set-up';
  return (
    <main className="flyout">
      <div className="flyout-head">
        <h1>{words.t('devices.title')}</h1>
        <Tooltip content={words.t('devices.pair')} relationship="label">
          <Button
            appearance="subtle"
            icon={<Add20Regular />}
            onClick={() =>
              void bridge.call('startPairing', {}).then(
                () => open(null),
                () => undefined,
              )
            }
          />
        </Tooltip>
      </div>
      {/* It scrolls, so it must take the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ul className="flyout-devices" tabIndex={0} aria-label={words.t('devices.title')}>
        {connected.map((device) => (
          <li key={device.deviceId}>
            <Glyph formFactor={device.formFactor} size={36} />
            <span className="who">
              <span className="name">{shortName(device.name)}</span>
              <span className="caption muted">{connectionText(device, state.devices, words)}</span>
            </span>
            <BatteryLevel device={device} words={words} />
          </li>
        ))}
        {connected.length === 0 ? <li className="muted">{words.t('devices.empty')}</li> : null}
      </ul>
      {updating ? <Progress device={updating} /> : asking ? <Question device={asking} /> : null}
      <div className="flyout-foot">
        {status.connection === 'not-connected' ? <CloudOff20Regular aria-hidden /> : <Building20Regular aria-hidden />}
        <span>{isManaged ? words.t('fly.managed', { organisation: status.organisation ?? '' }) : words.t('foot.notManaged')}</span>
        <Button appearance="subtle" size="small" onClick={() => open(null)}>
          {words.t('fly.open')}
        </Button>
      </div>
    </main>
  );
}

function Question({ device }: { readonly device: DeviceView }) {
  const { bridge, words, calendar } = useApp();
  const { firmware, deviceId } = device;
  const { prompt } = firmware;
  const text =
    prompt?.kind === 'ask' && firmware.usualMinutes !== null
      ? words.t('fly.readyText', { minutes: firmware.usualMinutes, when: whenText(prompt.installsAfter, calendar, words) })
      : words.t('fly.readyPlain');
  return (
    <section className="card flyout-card" aria-labelledby="flyout-question">
      <h2 id="flyout-question">{words.t('fly.ready', { name: shortName(device.name) })}</h2>
      <p className="caption muted">{text}</p>
      <div className="buttons">
        <ActionButton appearance="primary" does={() => bridge.call('answerFirmware', { deviceId, answer: 'install' })}>
          {words.t('fw.updateNow')}
        </ActionButton>
        {prompt?.kind === 'ask' ? (
          <ActionButton does={() => bridge.call('answerFirmware', { deviceId, answer: 'postpone' })}>
            {prompt.postponeHours === 24 ? words.t('fw.postponeDay') : words.t('fw.postponeHours', { count: prompt.postponeHours })}
          </ActionButton>
        ) : null}
      </div>
    </section>
  );
}

function Progress({ device }: { readonly device: DeviceView }) {
  const { state, words, calendar } = useApp();
  const { activity } = device.firmware;
  const left = useTimeLeftText(activity);
  const card = firmwareCard(device, state.policy, calendar, words);
  const name = shortName(device.name);
  return (
    <section className="card flyout-card" aria-labelledby="flyout-progress">
      <h2 id="flyout-progress">
        <span>{words.t('fly.updating', { name })}</span>
        <span>{card.bar === 'indeterminate' ? '' : words.t('common.percent', { value: Math.floor(activity?.progress ?? 0) })}</span>
      </h2>
      <Bar label={words.t('fw.progressLabel', { name })} value={typeof card.bar === 'number' ? card.bar : undefined} />
      <p className="caption muted">{card.kind === 'updating' ? `${left}. ${words.t('fly.keep')}` : card.texts.join(' ')}</p>
    </section>
  );
}
