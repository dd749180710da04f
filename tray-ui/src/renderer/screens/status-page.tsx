import { CheckmarkCircle20Filled, Clock20Regular, CloudOff20Regular, Info20Regular, Warning20Filled } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import { useApp } from '../app-context.ts';
import { settingName } from '../model/setting-notes.ts';
import { valueText } from '../model/setting-values.ts';
import { shortName, sourceText } from '../model/names.ts';
import { whenText } from '../model/time.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Meters } from '../parts/meters.tsx';
import { Notice } from '../parts/notice.tsx';
import { Facts, PageHead, SectionHead } from '../parts/page.tsx';

export function StatusPage() {
  const { state, bridge, words, calendar } = useApp();
  const { status } = state;
  const organisation = status.organisation ?? words.t('foot.notManaged');
  const host = status.host ?? '–';
  const when = (at: number | null) => (at === null ? words.t('status.never') : words.startOf(whenText(at, calendar, words)));
  const waiting = state.devices.flatMap((device) =>
    device.settings.flatMap((row) => (row.waiting?.until === 'next-login' ? [{ device, row, waiting: row.waiting }] : [])),
  );
  return (
    <>
      <PageHead title={words.t('status.title')} />
      {notice()}
      <Facts rows={facts()} />
      {waiting.length > 0 ? (
        <>
          <SectionHead title={words.t('status.waits')}>{words.t('status.waitsWhy')}</SectionHead>
          <ul className="card lines">
            {waiting.map((one) => (
              <li key={one.device.deviceId + one.row.key} className="row">
                <Clock20Regular aria-hidden />
                <div className="row-text">
                  <div>
                    {words.t('status.waitsRow', {
                      device: shortName(one.device.name),
                      setting: settingName(one.row.key, words),
                      from: one.row.value === null ? '–' : valueText(one.row.key, one.row.value, words),
                      to: valueText(one.row.key, one.waiting.value, words),
                    })}
                  </div>
                  <div className="caption muted">
                    {words.t('status.waitsSource', {
                      source: one.row.source ? sourceText(one.row.source, one.device, words) : organisation,
                      when: whenText(one.waiting.receivedAt, calendar, words),
                    })}
                  </div>
                </div>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {status.usage ? <Meters usage={status.usage} /> : null}
      {status.rivals.length > 0 ? (
        <>
          <SectionHead title={words.t('status.rivals')} />
          <ul className="card lines">
            {status.rivals.map((name) => (
              <li key={name} className="row">
                <Warning20Filled className="warning-icon" aria-hidden />
                <div className="row-text">
                  <div>{words.t('status.rival', { name })}</div>
                  <div className="caption muted">{words.t('status.rivalText')}</div>
                </div>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );

  function notice(): ReactNode {
    switch (status.connection) {
      case 'connected':
        return null;
      case 'not-connected':
        return (
          <Notice
            icon={<CloudOff20Regular />}
            title={words.t('status.notConnected', { organisation })}
            text={words.t('status.notConnectedText')}
            action={<ActionButton does={() => bridge.call('tryNow', {})}>{words.t('status.tryNow')}</ActionButton>}
          />
        );
      case 'not-authorised':
        return (
          <Notice icon={<Info20Regular />} title={words.t('status.notAuthorised', { organisation })} text={words.t('status.notAuthorisedText')} />
        );
      case 'revoked':
        return (
          <Notice
            icon={<Info20Regular />}
            title={words.t('status.revoked', { organisation })}
            text={words.t('status.revokedText', { when: status.revokedAt === null ? '' : whenText(status.revokedAt, calendar, words) })}
          />
        );
      case 'not-set-up':
        return <Notice icon={<Info20Regular />} title={words.t('status.notSetUpTitle')} text={words.t('status.notSetUpText')} />;
    }
  }

  function facts(): (readonly [string, ReactNode])[] {
    return [
      [words.t('status.organisation'), organisation],
      ...(status.client === null ? [] : [[words.t('status.client'), status.client] as const]),
      [words.t('status.connection'), connection()],
      ...(status.connection === 'not-set-up' ? [] : [[words.t('status.lastContact'), when(status.lastContactAt)] as const]),
      ...(status.nextTryAt === null
        ? []
        : [[words.t('status.nextTry'), words.startOf(words.t('when.about', { when: whenText(status.nextTryAt, calendar, words) }))] as const]),
      [words.t('status.toSend'), status.queued === 0 ? words.t('status.nothing') : words.t('status.messages', { count: status.queued })],
    ];
  }

  function connection(): ReactNode {
    switch (status.connection) {
      case 'connected':
        return (
          <span className="with-icon">
            <CheckmarkCircle20Filled className="good-icon" aria-hidden />
            {words.t(status.isEncrypted ? 'status.connectedTo' : 'status.connectedHere', { host })}
          </span>
        );
      case 'not-connected':
        return words.t('status.noAnswer', { host });
      case 'not-authorised':
        return words.t('status.notAccepted', { host });
      case 'revoked':
        return words.t('status.ended');
      case 'not-set-up':
        return words.t('status.notSetUp');
    }
  }
}
