import { List, Spinner } from '@fluentui/react-components';
import { Add20Regular, Info20Regular, Person20Regular, Warning20Filled } from '@fluentui/react-icons';
import { useApp } from '../app-context.ts';
import { connectedInOrder } from '../model/names.ts';
import { whenText } from '../model/time.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { DeviceRow } from '../parts/device-row.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { Notice } from '../parts/notice.tsx';
import { PageHead, SectionHead } from '../parts/page.tsx';
import { FirstRun } from './first-run.tsx';

export function DevicesPage() {
  const { state, bridge, words, calendar } = useApp();
  const { devices, status, agent } = state;
  const connected = connectedInOrder(devices);
  const away = devices.filter(({ connection }) => connection.status === 'disconnected');
  const hasAdapter = connected.some(({ device }) => device.formFactor === 'dongle');
  const works = agent.state === 'running';
  return (
    <>
      <PageHead title={words.t('devices.title')}>
        {works && (hasAdapter || devices.length > 0) ? (
          <ActionButton icon={<Add20Regular />} does={() => bridge.call('startPairing', {})}>
            {words.t('devices.pair')}
          </ActionButton>
        ) : null}
      </PageHead>
      <AgentNotice />
      {status.connection === 'revoked' ? (
        <Notice
          icon={<Info20Regular />}
          title={words.t('status.revoked', { organisation: status.organisation ?? '' })}
          text={words.t('status.revokedText', { when: status.revokedAt === null ? '' : whenText(status.revokedAt, calendar, words) })}
        />
      ) : null}
      <FirstRun />
      {agent.state === 'starting' ? (
        <div className="empty">
          <Spinner label={words.t('agent.starting')} />
        </div>
      ) : null}
      {works && devices.length === 0 ? (
        <div className="empty">
          <Glyph formFactor="headset" size={80} />
          <h2 className="subtitle2">{words.t('devices.empty')}</h2>
          <p>{words.t('devices.emptyText')}</p>
        </div>
      ) : null}
      {connected.length > 0 ? (
        <List navigationMode="items" className="devices" aria-label={words.t('devices.title')}>
          {connected.map(({ device, isAdapterOf }) => (
            <DeviceRow key={device.deviceId} device={device} isAdapterOf={isAdapterOf} />
          ))}
        </List>
      ) : null}
      {away.length > 0 ? (
        <>
          <SectionHead title={words.t('devices.notConnected')} />
          <List navigationMode="items" className="devices" aria-label={words.t('devices.notConnected')}>
            {away.map((device) => (
              <DeviceRow key={device.deviceId} device={device} isAdapterOf={null} />
            ))}
          </List>
        </>
      ) : null}
    </>
  );
}

/** The program that does the work does not: said once, here. */
function AgentNotice() {
  const { state, words } = useApp();
  const { agent } = state;
  if (agent.state === 'standby') return <Notice icon={<Person20Regular />} title={words.t('agent.standby')} text={words.t('agent.standbyText')} />;
  if (agent.state !== 'stopped') return null;
  return (
    <>
      <Notice icon={<Warning20Filled className="warning-icon" />} title={words.t('agent.stopped')} text={words.t('agent.stoppedText')} />
      {agent.problems.length > 0 ? (
        <ul className="card problems mono">
          {agent.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
