import { Accordion, AccordionHeader, AccordionItem, AccordionPanel, Button } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { Licence } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { ScrollText } from '../parts/scroll-text.tsx';
import { PageHead, SectionHead } from '../parts/page.tsx';

const few = 3;

export function AboutPage() {
  const { state, bridge, words } = useApp();
  const [licences, setLicences] = useState<readonly Licence[]>([]);
  const [isAll, setAll] = useState(false);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    let isHere = true;
    bridge.call('licences', {}).then(
      (all) => {
        if (isHere) setLicences(all);
      },
      // Nothing to show is what the page shows.
      () => undefined,
    );
    return () => {
      isHere = false;
    };
  }, [bridge]);
  const isManaged = state.status.connection !== 'revoked' && state.status.connection !== 'not-set-up';
  const shown = isAll ? licences : licences.slice(0, few);
  return (
    <>
      <PageHead title={words.t('about.title')} />
      <section className="card about">
        <div className="about-head">
          <Glyph formFactor="headset" size={56} />
          <div>
            <h2 className="subtitle2">{words.t('about.name')}</h2>
            <div>{words.t(isManaged ? 'about.version' : 'about.versionPlain', { version: state.version })}</div>
          </div>
        </div>
        <p>{words.t('about.text')}</p>
      </section>
      <SectionHead title={words.t('about.licences')}>{words.t('about.shown', { shown: shown.length, total: licences.length })}</SectionHead>
      <Accordion multiple collapsible className="card log">
        {shown.map(({ name, version, licence, text }) => (
          <AccordionItem key={name} value={name}>
            <AccordionHeader expandIconPosition="end" as="h3" className="log-head">
              <span className="log-what">
                {name} <span className="muted">{version}</span>
              </span>
              <span className="log-groups muted">{licence}</span>
            </AccordionHeader>
            <AccordionPanel>
              <ScrollText text={text} />
            </AccordionPanel>
          </AccordionItem>
        ))}
      </Accordion>
      <div className="buttons">
        {isAll || licences.length <= few ? null : <Button onClick={() => setAll(true)}>{words.t('about.showAll')}</Button>}
        <ActionButton does={() => bridge.call('copyVersionDetails', {}).then(() => setCopied(true))}>{words.t('about.copy')}</ActionButton>
        {isCopied ? <output className="caption">{words.t('about.copied')}</output> : null}
      </div>
    </>
  );
}
