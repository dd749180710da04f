import { Button } from '@fluentui/react-components';
import { ArrowCircleUp20Regular, ArrowUpload20Regular, LockClosed20Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { useApp } from '../app-context.ts';

/** Once a user, until OK: what the organisation does here. Each line only where it is true. */
export function FirstRun() {
  const { state, bridge, words, go } = useApp();
  const { organisation, connection } = state.status;
  if (state.preferences.hasSeenFirstRun || organisation === null || connection === 'revoked' || connection === 'not-set-up') return null;
  const { metadata } = state.policy;
  const gates = (['computer', 'userName', 'location'] as const).map((gate) => ({ name: words.t(`group.${gate}`), isOn: metadata[gate] }));
  const list = (isOn: boolean, first: readonly string[]) =>
    [...first, ...gates.filter((gate) => gate.isOn === isOn).map(({ name }) => name)].join(', ');
  const kept = list(false, []);
  const sends = words.t('first.sends', { list: list(true, [words.t('group.device')]) });
  const isFirmwareKept = state.devices.some(({ firmware }) => firmware.decidedBy !== null);
  const isLocked = state.devices.some(({ settings }) => settings.some((row) => row.isLocked));
  return (
    <section className="card first-run" aria-labelledby="first-run">
      <h2 id="first-run" className="subtitle2">
        {words.t('first.title', { organisation })}
      </h2>
      {isFirmwareKept ? line(<ArrowCircleUp20Regular />, words.t('first.firmware'), words.t('first.firmwareText')) : null}
      {isLocked ? line(<LockClosed20Regular />, words.t('first.settings', { organisation }), words.t('first.settingsText')) : null}
      {line(<ArrowUpload20Regular />, words.t('first.sent'), kept === '' ? sends : `${sends} ${words.t('first.sendsNot', { list: kept })}`)}
      <div className="buttons">
        <Button onClick={() => void bridge.call('setPreferences', { hasSeenFirstRun: true }).catch(() => undefined)}>{words.t('common.ok')}</Button>
        <Button appearance="subtle" onClick={() => go({ page: 'sent', deviceId: null, tab: null })}>
          {words.t('nav.sent')}
        </Button>
      </div>
    </section>
  );

  function line(icon: ReactElement, title: string, text: string) {
    return (
      <div className="first-line">
        {icon}
        <div>
          <div>{title}</div>
          <div className="caption muted">{text}</div>
        </div>
      </div>
    );
  }
}
