import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import type { DeviceView } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { bytesText } from '../model/amounts.ts';
import { firmwareCard } from '../model/firmware-words.ts';
import { shortName, sourceText } from '../model/names.ts';
import { timeText, whenText } from '../model/time.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { CardIcon } from '../parts/firmware-icon.tsx';
import { ArrowRight16Regular, CalendarClock16Regular, Info16Regular } from '@fluentui/react-icons';
import { Facts, SectionHead } from '../parts/page.tsx';
import { Bar, useTimeLeftText } from '../parts/progress.tsx';
import { Steps } from '../parts/steps.tsx';

/** The one card that changes in place, and the facts below it. */
export function FirmwareTab({ device }: { readonly device: DeviceView }) {
  const { state, bridge, words, calendar } = useApp();
  const card = firmwareCard(device, state.policy, calendar, words);
  const { firmware, deviceId } = device;
  const section = useRef<HTMLElement>(null);
  const wasInside = useRef(false);
  useEffect(() => {
    const moved = ({ target }: FocusEvent) => {
      wasInside.current = target instanceof Node && (section.current?.contains(target) ?? false);
    };
    document.addEventListener('focusin', moved);
    return () => document.removeEventListener('focusin', moved);
  }, []);
  const noun = words.noun(device.formFactor);
  const labels = {
    install: words.t('fw.updateNow'),
    postpone: postponeText(),
    recover: words.t('fw.recover', noun),
    diagnostics: words.t('fw.saveDiagnostics'),
  };
  const does = {
    install: () => bridge.call('answerFirmware', { deviceId, answer: 'install' }),
    postpone: () => bridge.call('answerFirmware', { deviceId, answer: 'postpone' }),
    recover: () => bridge.call('recoverFirmware', { deviceId }),
    diagnostics: () => bridge.call('saveDiagnostics', {}),
  };
  return (
    <>
      <section ref={section} className="card firmware-card" aria-labelledby="firmware-heading">
        <CardIcon kind={card.kind} />
        <div key={card.kind} className="firmware-body fade">
          <CardHeading text={card.heading} wasInside={wasInside} />
          {card.kind === 'ready' || card.kind === 'announced' ? (
            <p className="versions">
              <span>{firmware.version}</span>
              <ArrowRight16Regular aria-hidden />
              <strong>{firmware.targetVersion}</strong>
            </p>
          ) : null}
          {card.texts.map((text) => (
            <p key={text}>{text}</p>
          ))}
          {card.bar === null ? null : (
            <Bar
              label={words.t(card.kind === 'downloading' ? 'fw.downloadLabel' : 'fw.progressLabel', { name: shortName(device.name) })}
              value={card.bar === 'indeterminate' ? undefined : card.bar}
            />
          )}
          {card.kind === 'updating' ? <Updating device={device} /> : null}
          {card.actions.length > 0 ? (
            <div className="buttons">
              {card.actions.map((action, index) => (
                <ActionButton
                  key={action}
                  appearance={
                    index === 0 && card.kind !== 'postponed' && action !== 'diagnostics'
                      ? 'primary'
                      : action === 'diagnostics'
                        ? 'subtle'
                        : 'secondary'
                  }
                  does={does[action]}
                >
                  {labels[action]}
                </ActionButton>
              ))}
            </div>
          ) : null}
          {card.note === null ? null : (
            <p className="card-note caption muted">
              {card.kind === 'failed' ? <Info16Regular aria-hidden /> : <CalendarClock16Regular aria-hidden />}
              <span>{card.note}</span>
            </p>
          )}
        </div>
      </section>
      <SectionHead title={words.t('tab.details')} />
      <Facts rows={facts()} />
    </>
  );

  function postponeText(): string {
    const hours = firmware.prompt?.kind === 'ask' ? firmware.prompt.postponeHours : 24;
    return hours === 24 ? words.t('fw.postponeDay') : words.t('fw.postponeHours', { count: hours });
  }

  function facts(): (readonly [string, ReactNode])[] {
    const { kind } = card;
    const started: readonly [string, ReactNode][] = firmware.activity
      ? [[words.t('fw.row.started'), words.startOf(whenText(firmware.activity.startedAt, calendar, words))]]
      : [];
    const installed = [words.t(kind === 'failed' ? 'fw.row.lastKnown' : 'fw.row.installed'), firmware.version ?? words.t('details.notYet')] as const;
    if (kind === 'updating' || kind === 'restarting') return [installed, ...started];
    if (kind === 'failed' || kind === 'notInstalled') return [installed, ...tried(), ...reason()];
    const source = firmware.decidedBy ? sourceText(firmware.decidedBy, device, words) : null;
    const who = source === null ? words.t('fw.row.whoNobody') : words.t(firmware.keptUpdated ? 'fw.row.whoKept' : 'fw.row.whoPinned', { source });
    const window = state.policy.updateWindow;
    return [
      installed,
      ...(firmware.targetVersion === null || firmware.packageBytes === null ? [] : [newVersion(firmware.targetVersion, firmware.packageBytes)]),
      [words.t('fw.row.who'), who],
      ...(source === null ? [] : [[words.t('fw.row.hours'), window ? words.t('fw.row.fromTo', window) : words.t('fw.row.anyTime')] as const]),
    ];
  }

  function newVersion(version: string, size: number): readonly [string, ReactNode] {
    const isHere = firmware.usualMinutes !== null;
    const value = (
      <>
        {version} <span className="muted">· {isHere ? words.t('fw.row.newText', { size: bytesText(size, words) }) : bytesText(size, words)}</span>
      </>
    );
    return [words.t('fw.row.new'), value];
  }

  function tried(): (readonly [string, ReactNode])[] {
    const last = firmware.lastTry;
    if (!last) return [];
    const from = words.startOf(whenText(last.startedAt, calendar, words));
    return [[words.t('fw.row.tried'), words.t('fw.row.triedText', { from, to: timeText(last.endedAt, calendar, words), version: last.version })]];
  }

  function reason(): (readonly [string, ReactNode])[] {
    const { error } = firmware;
    if (!error) return [];
    const value = (
      <>
        {words.t(`fw.error.${error.code}`, noun)} <span className="mono muted">{error.code}</span>
      </>
    );
    return [[words.t('fw.row.reason'), value]];
  }
}

/** The button that was pressed may be gone with the old state: then the focus stays in the card, on its new heading. */
function CardHeading({ text, wasInside }: { readonly text: string; readonly wasInside: RefObject<boolean> }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (wasInside.current && document.activeElement === document.body) heading.current?.focus();
  }, [wasInside]);
  return (
    <h2 id="firmware-heading" ref={heading} tabIndex={-1} className="subtitle2">
      {text}
    </h2>
  );
}

function Updating({ device }: { readonly device: DeviceView }) {
  const { words } = useApp();
  const { activity, packageBytes } = device.firmware;
  const left = useTimeLeftText(activity);
  if (!activity) return null;
  const noun = words.noun(device.formFactor);
  const { sent } = activity;
  const steps = [
    { text: words.t('fw.step.downloaded'), aside: packageBytes === null ? undefined : bytesText(packageBytes, words) },
    {
      text: words.t('fw.step.sending', noun),
      aside: sent ? words.t('fw.ofBytes', { done: bytesText(sent.done, words), total: bytesText(sent.total, words) }) : undefined,
    },
    { text: words.t('fw.step.checks', noun) },
    { text: words.t('fw.step.restarts', noun), aside: words.t('fw.step.drops') },
  ];
  const current = { checking: 0, transferring: 1, verifying: 2, installing: 3, restoring: 3 }[activity.phase];
  return (
    <>
      <div className="bar-caption">
        <span>{words.t('common.percent', { value: Math.floor(activity.progress) })}</span>
        <span>{left}</span>
      </div>
      <Steps steps={steps} current={current} />
    </>
  );
}
