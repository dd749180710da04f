import { Accordion, AccordionHeader, AccordionItem, AccordionPanel, Button, Spinner, ToggleButton } from '@fluentui/react-components';
import {
  ArrowUpload20Regular,
  Desktop20Regular,
  DocumentText20Regular,
  Headset20Regular,
  Location20Regular,
  Person20Regular,
  PlugConnected20Regular,
} from '@fluentui/react-icons';
import { type ReactElement, useEffect, useState } from 'react';
import { type SentEntry, type SentGroup, sentGroups } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { sentDays, sentGates } from '../model/sent-log.ts';
import { shortName } from '../model/names.ts';
import { dayText, timeText } from '../model/time.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { ScrollText } from '../parts/scroll-text.tsx';
import { PageHead } from '../parts/page.tsx';

const icons: Readonly<Record<SentGroup, ReactElement>> = {
  device: <Headset20Regular />,
  computer: <Desktop20Regular />,
  userName: <Person20Regular />,
  location: <Location20Regular />,
  app: <PlugConnected20Regular />,
  diagnostics: <DocumentText20Regular />,
};

/** Written from the bytes that were sent, not from what was meant to be sent. */
export function SentPage() {
  const { state, bridge, words, calendar } = useApp();
  const [entries, setEntries] = useState<readonly SentEntry[] | null>(null);
  const [group, setGroup] = useState<SentGroup | null>(null);
  const { host } = state.status;
  useEffect(() => {
    // Contacts come in bursts, and what was read first must not be shown last.
    const read = oneAtATime(async () => {
      const next = await bridge.call('sentLog', {}).catch(() => null);
      setEntries((before) => next ?? before ?? []);
    });
    let lastContactAt: number | null | undefined;
    const end = bridge.on('state', ({ status }) => {
      // Something may have been sent only where there was contact.
      if (status.lastContactAt !== lastContactAt) read();
      lastContactAt = status.lastContactAt;
    });
    read();
    return end;
  }, [bridge]);
  const present = sentGroups.filter((one) => entries?.some(({ groups }) => groups.includes(one)));
  const shown = entries?.filter(({ groups }) => group === null || groups.includes(group)) ?? [];
  const gates = sentGates(entries ?? [], state.policy);
  return (
    <>
      <PageHead title={words.t('sent.title')}>
        {entries && entries.length > 0 ? <ActionButton does={() => bridge.call('saveSentLog', {})}>{words.t('sent.save')}</ActionButton> : null}
      </PageHead>
      <p className="lead">{host === null ? words.t('sent.leadNowhere') : words.t('sent.lead', { host })}</p>
      <ul className="card gates">
        {gates.map(({ gate, state: how }) => (
          <li key={gate}>
            <span className="gate-name">
              {icons[gate]}
              {words.t(`group.${gate}`)}
            </span>
            <span className={how === 'notSent' ? 'caption muted' : 'caption'}>{words.t(`sent.${how}`)}</span>
          </li>
        ))}
      </ul>
      <p className="caption muted gates-note">{words.t('sent.groups')}</p>
      {entries === null ? <Spinner label={words.t('sent.loading')} /> : null}
      {present.length > 0 ? (
        <fieldset className="filters" aria-label={words.t('sent.filter')}>
          {[null, ...present].map((one) => (
            <ToggleButton key={one ?? 'all'} size="small" shape="circular" checked={group === one} onClick={() => setGroup(one)}>
              {one === null ? words.t('sent.all') : words.t(`group.${one}`)}
            </ToggleButton>
          ))}
        </fieldset>
      ) : null}
      {entries && shown.length === 0 ? (
        <div className="empty small">
          <ArrowUpload20Regular fontSize={40} aria-hidden />
          <h2 className="subtitle2">{words.t(group === null ? 'sent.none' : 'sent.noneOfGroup')}</h2>
        </div>
      ) : null}
      {sentDays(shown, calendar).map(({ day, isToday, entries: ofDay }) => {
        const date = dayText(day, calendar, words);
        return (
          <section key={day}>
            <h2 className="day caption muted">
              {words.t('sent.day', { day: isToday ? words.t('sent.today', { day: date }) : words.startOf(date), count: ofDay.length })}
            </h2>
            <Accordion multiple collapsible className="card log">
              {ofDay.map((entry) => (
                <AccordionItem key={entry.id} value={entry.id}>
                  <AccordionHeader expandIconPosition="end" as="h3" className="log-head">
                    <span className="log-time">{timeText(entry.at, calendar, words)}</span>
                    <span className="log-what">
                      {words.t(`sent.what.${entry.subject}`, { device: entry.device === null ? words.t('sent.thisApp') : shortName(entry.device) })}
                    </span>
                    <span className="log-groups caption muted">{entry.groups.map((one) => words.t(`group.${one}`)).join(', ')}</span>
                  </AccordionHeader>
                  <AccordionPanel>
                    <Entry entry={entry} />
                  </AccordionPanel>
                </AccordionItem>
              ))}
            </Accordion>
          </section>
        );
      })}
    </>
  );
}

function Entry({ entry }: { readonly entry: SentEntry }) {
  const { bridge, words } = useApp();
  const [exact, setExact] = useState<string | null>(null);
  return (
    <div className="log-body">
      <dl>
        {entry.fields.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {exact === null ? (
        <ActionButton
          appearance="transparent"
          className="link"
          does={() => bridge.call('sentExact', { id: entry.id }).then((text) => setExact(text ?? words.t('sent.exactGone')))}
        >
          {words.t('sent.exact')}
        </ActionButton>
      ) : (
        <>
          <Button appearance="transparent" className="link" onClick={() => setExact(null)}>
            {words.t('sent.exactHide')}
          </Button>
          <ScrollText text={exact} />
        </>
      )}
    </div>
  );
}
