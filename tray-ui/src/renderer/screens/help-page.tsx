import { Dropdown, Option, Spinner, Switch } from '@fluentui/react-components';
import { CheckmarkCircle20Filled, Warning20Filled } from '@fluentui/react-icons';
import { useCallback, useEffect, useState } from 'react';
import { type CheckReport, languages } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { whenText } from '../model/time.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { PageHead, SectionHead } from '../parts/page.tsx';

/** Each language by its own name, so that whoever lands in a foreign one finds the way back. */
const ownNames = { en: 'English', da: 'Dansk', de: 'Deutsch', fr: 'Français', es: 'Español', ja: '日本語' } as const;

export function HelpPage() {
  const { state, bridge, words, calendar } = useApp();
  const [report, setReport] = useState<CheckReport | null>(null);
  const [isSaved, setSaved] = useState(false);
  const check = useCallback(() => bridge.call('checkPc', {}).then(setReport), [bridge]);
  const { preferences, status, agent } = state;
  const isAtWork = agent.state === 'running';
  // Nobody else can look.
  useEffect(() => {
    if (isAtWork) void check().catch(() => undefined);
  }, [check, isAtWork]);
  const good = (id: CheckReport['checks'][number]['id']) =>
    id === 'platform' && !status.isEncrypted ? 'help.platform.goodHere' : (`help.${id}.good` as const);
  const keep = (changed: Parameters<typeof bridge.call<'setPreferences'>>[1]) => void bridge.call('setPreferences', changed).catch(() => undefined);
  const system = words.t('help.system');
  return (
    <>
      <PageHead title={words.t('help.title')} />
      <SectionHead title={words.t('help.check')}>{report ? words.startOf(whenText(report.at, calendar, words)) : null}</SectionHead>
      <div className="card">
        {report ? (
          <ul className="lines">
            {report.checks.map(({ id, isGood, subject }) => (
              <li key={id} className="row">
                {isGood ? <CheckmarkCircle20Filled className="good-icon" aria-hidden /> : <Warning20Filled className="warning-icon" aria-hidden />}
                <div className="row-text">
                  <div>{words.t(isGood ? good(id) : `help.${id}.bad`, { subject: subject ?? '' })}</div>
                  {isGood ? null : <div className="caption muted">{words.t(`help.${id}.hint`)}</div>}
                </div>
              </li>
            ))}
          </ul>
        ) : (
          <div className="row">
            {isAtWork ? <Spinner size="tiny" label={words.t('help.checking')} /> : <div>{words.t(`agent.${agent.state}`)}</div>}
          </div>
        )}
        <div className="row end">
          <ActionButton does={check}>{words.t('help.again')}</ActionButton>
        </div>
      </div>
      <SectionHead title={words.t('help.file')} />
      <div className="card">
        <div className="row setting">
          <div className="row-text">
            <div>{words.t('help.fileText')}</div>
            <div className="caption muted">{words.t('help.fileLeftOut')}</div>
          </div>
          <div className="row-control">
            {isSaved ? <output className="caption">{words.t('help.saved')}</output> : null}
            <ActionButton does={() => bridge.call('saveDiagnostics', {}).then((answer) => setSaved(answer.isSaved))}>
              {words.t('fw.saveDiagnostics')}
            </ActionButton>
          </div>
        </div>
      </div>
      <SectionHead title={words.t('help.thisApp')} />
      <div className="card">
        <div className="row setting">
          <div className="row-text" id="battery-notice">
            {words.t('help.battery')}
          </div>
          <div className="row-control">
            <span className="switch-value" aria-hidden>
              {words.t(preferences.batteryNotice ? 'common.on' : 'common.off')}
            </span>
            <Switch
              aria-labelledby="battery-notice"
              checked={preferences.batteryNotice}
              onChange={(_, { checked }) => keep({ batteryNotice: checked })}
            />
          </div>
        </div>
        <div className="row setting">
          <div className="row-text" id="language">
            {words.t('help.language')}
          </div>
          <div className="row-control">
            <Dropdown
              className="choice"
              aria-labelledby="language"
              value={preferences.language === 'system' ? system : ownNames[preferences.language]}
              selectedOptions={[preferences.language]}
              onOptionSelect={(_, { optionValue }) => {
                const language = (['system', ...languages] as const).find((one) => one === optionValue);
                if (language) keep({ language });
              }}
            >
              <Option value="system">{system}</Option>
              {languages.map((language) => (
                <Option key={language} value={language} lang={language}>
                  {ownNames[language]}
                </Option>
              ))}
            </Dropdown>
          </div>
        </div>
      </div>
    </>
  );
}
