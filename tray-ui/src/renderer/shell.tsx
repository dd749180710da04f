import { Button, NavDrawer, NavDrawerBody, NavDrawerFooter, NavItem, Tooltip } from '@fluentui/react-components';
import {
  BuildingRegular,
  CloudOffRegular,
  HeadsetRegular,
  InfoRegular,
  PulseRegular,
  QuestionCircleRegular,
  ArrowUploadRegular,
} from '@fluentui/react-icons';
import type { ReactElement, ReactNode } from 'react';
import { type Page, pages } from '../bridge/index.ts';
import { useApp } from './app-context.ts';
import { whenText } from './model/time.ts';
import { useMedia } from './use-media.ts';

const icons: Readonly<Record<Page, ReactElement>> = {
  devices: <HeadsetRegular />,
  status: <PulseRegular />,
  sent: <ArrowUploadRegular />,
  help: <QuestionCircleRegular />,
  about: <InfoRegular />,
};

/** Title bar, navigation and the layer that scrolls. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { words, place, go } = useApp();
  const isNarrow = useMedia('(max-width: 719px)');
  const item = (page: Page) => {
    const name = words.t(`nav.${page}`);
    const button = (
      <NavItem
        key={page}
        value={page}
        icon={icons[page]}
        as="button"
        className="nav-item"
        aria-label={name}
        onClick={() => go({ page, deviceId: null, tab: null })}
      >
        <span className="nav-text">{name}</span>
      </NavItem>
    );
    return isNarrow ? (
      <Tooltip key={page} content={name} relationship="label" positioning="after">
        {button}
      </Tooltip>
    ) : (
      button
    );
  };
  return (
    <div className="window">
      <header className="title-bar">
        <HeadsetRegular fontSize={16} aria-hidden />
        <span>{words.t('app.name')}</span>
      </header>
      <nav aria-label={words.t('nav.label')} className="nav-region">
        <NavDrawer type="inline" open className="nav" selectedValue={place.page} tabbable>
          <NavDrawerBody className="nav-body">{pages.slice(0, 3).map(item)}</NavDrawerBody>
          <NavDrawerFooter className="nav-foot">
            {pages.slice(3).map(item)}
            <Organisation isNarrow={isNarrow} />
          </NavDrawerFooter>
        </NavDrawer>
      </nav>
      {/* It scrolls, and a page may have nothing else that takes the focus: without this the keyboard could not scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <main className="content" id="content" tabIndex={0}>
        <div className="column">{children}</div>
      </main>
    </div>
  );
}

function Organisation({ isNarrow }: { readonly isNarrow: boolean }) {
  const { state, words, calendar, go } = useApp();
  const { status } = state;
  const lines = organisationLines();
  const icon = status.connection === 'not-connected' ? <CloudOffRegular fontSize={20} aria-hidden /> : <BuildingRegular fontSize={20} aria-hidden />;
  if (isNarrow) {
    return (
      <div className="organisation">
        <Tooltip content={lines.join(', ')} relationship="label" positioning="after">
          <Button appearance="transparent" icon={icon} onClick={() => go({ page: 'status', deviceId: null, tab: null })} />
        </Tooltip>
      </div>
    );
  }
  return (
    <div className="organisation">
      {icon}
      <b>{lines[0]}</b>
      <span className="caption">{lines[1]}</span>
    </div>
  );

  function organisationLines(): readonly [string, string] {
    const name = status.organisation ?? words.t('foot.notManaged');
    switch (status.connection) {
      case 'connected':
        return [name, words.t('foot.connected')];
      case 'not-connected':
        return [name, words.t('foot.notConnected')];
      case 'not-authorised':
        return [name, words.t('foot.notAuthorised')];
      case 'revoked':
        return [
          words.t('foot.notManaged'),
          status.revokedAt === null ? '' : words.t('foot.since', { when: whenText(status.revokedAt, calendar, words) }),
        ];
      case 'not-set-up':
        return [words.t('foot.notManaged'), words.t('status.notSetUp')];
    }
  }
}
