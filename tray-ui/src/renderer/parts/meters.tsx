import { ProgressBar } from '@fluentui/react-components';
import type { StatusView } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { bytesText, numberText } from '../model/amounts.ts';
import { SectionHead } from './page.tsx';

/** What the app uses of the PC, beside the limits that it keeps itself to. */
export function Meters({ usage }: { readonly usage: NonNullable<StatusView['usage']> }) {
  const { words } = useApp();
  const percent = (value: number) => words.t('common.percent', { value: numberText(value, words, value < 1 ? 1 : 0) });
  const bytes = (value: number) => bytesText(value, words, true);
  const rows = [
    { name: words.t('status.memory'), ...usage.memory, text: bytes },
    { name: words.t('status.processor'), ...usage.processor, text: percent },
    { name: words.t('status.network'), ...usage.network, text: bytes },
  ];
  return (
    <>
      <SectionHead title={words.t('status.uses')}>{words.t('status.usesAbout')}</SectionHead>
      <div className="card">
        {rows.map(({ name, used, limit, text }) => {
          const said = words.t('status.meter', { used: text(used), limit: text(limit) });
          return (
            <div key={name} className="row meter">
              <span className="row-text">{name}</span>
              <ProgressBar className="bar" thickness="medium" value={Math.min(1, used / limit)} aria-label={name} aria-valuetext={said} />
              <span className="meter-text">{said}</span>
            </div>
          );
        })}
      </div>
    </>
  );
}
