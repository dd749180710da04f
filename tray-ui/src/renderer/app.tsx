import { AriaLiveAnnouncer, FluentProvider, Spinner, webDarkTheme, webLightTheme } from '@fluentui/react-components';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Bridge } from '../bridge/index.ts';
import { AppContext, type AppTools, type Place } from './app-context.ts';
import { keyAction } from './keys.ts';
import { Announcements } from './parts/announcements.tsx';
import { AboutPage } from './screens/about-page.tsx';
import { DevicePage } from './screens/device-page.tsx';
import { DevicesPage } from './screens/devices-page.tsx';
import { Flyout } from './screens/flyout.tsx';
import { HelpPage } from './screens/help-page.tsx';
import { PairingDialog } from './screens/pairing-dialog.tsx';
import { SentPage } from './screens/sent-page.tsx';
import { StatusPage } from './screens/status-page.tsx';
import { Shell } from './shell.tsx';
import { useMedia } from './use-media.ts';
import { useNow } from './use-now.ts';
import { useStateOfMain } from './use-state-of-main.ts';
import { chooseLanguage, makeWords } from './words/words.ts';

export interface AppProps {
  readonly bridge: Bridge;
  readonly view: 'window' | 'flyout';
  readonly start?: Place | undefined;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly timeZone?: string | undefined;
  readonly systemLanguages: readonly string[];
}

const home: Place = { page: 'devices', deviceId: null, tab: null };

/** A window of the app, whole: theme, language, what main says, and where in it the person is. */
export function App({ bridge, view, start = home, clock, timeZone, systemLanguages }: AppProps) {
  const state = useStateOfMain(bridge);
  const isDark = useMedia('(prefers-color-scheme: dark)');
  const [place, setPlace] = useState(start);
  const [hasMoved, setMoved] = useState(false);
  const chosen = state?.preferences.language ?? 'system';
  const language = chosen === 'system' ? chooseLanguage(systemLanguages) : chosen;
  const words = useMemo(() => makeWords(language), [language]);
  const isCounting = state?.pairing?.step === 'searching' || (state?.devices.some(({ firmware }) => firmware.status === 'updating') ?? false);
  const now = useNow(clock, isCounting);
  const calendar = useMemo(() => ({ now, timeZone }), [now, timeZone]);

  const go = useCallback((next: Place) => {
    setMoved(true);
    setPlace(next);
  }, []);
  const openDevice = place.deviceId;
  const back = useCallback(() => {
    go(home);
    // Back on the row that it came from, after the heading took the focus.
    window.requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-device="${CSS.escape(openDevice ?? '')}"]`)?.focus());
  }, [openDevice, go]);

  useEffect(() => bridge.on('navigate', go), [bridge, go]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = words.t('app.name');
  }, [language, words]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (view === 'flyout' || document.querySelector('[role="dialog"]')) return;
      const field = event.target instanceof HTMLElement && event.target.closest('input, textarea, [role="textbox"], [role="slider"]');
      const action = keyAction(event, Boolean(field));
      if (!action) return;
      event.preventDefault();
      if (action.kind === 'page') go({ page: action.page, deviceId: null, tab: null });
      else if (action.kind === 'back') {
        if (openDevice !== null) back();
      } else if (action.kind === 'close') bridge.call('closeWindow', {}).catch(() => undefined);
      else switchRegion();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [back, bridge, openDevice, go, view]);

  const theme = isDark ? webDarkTheme : webLightTheme;
  const tools: AppTools | null = state && { state, bridge, words, calendar, place, hasMoved, go, back };
  return (
    <FluentProvider theme={theme}>
      {/* Not on the provider: its class names go to every dialog as well, which would cover the window. */}
      <div className="app">
        <AriaLiveAnnouncer>
          {tools ? (
            <AppContext.Provider value={tools}>
              <Announcements />
              {view === 'flyout' ? <Flyout /> : <Shell>{screen()}</Shell>}
              {view === 'window' ? <PairingDialog /> : null}
            </AppContext.Provider>
          ) : (
            <div className="loading">
              <Spinner label={words.t('agent.starting')} />
            </div>
          )}
        </AriaLiveAnnouncer>
      </div>
    </FluentProvider>
  );

  function screen() {
    if (!state) return null;
    const device = state.devices.find(({ deviceId }) => deviceId === place.deviceId);
    if (place.page === 'devices' && device) return <DevicePage key={device.deviceId} device={device} />;
    switch (place.page) {
      case 'devices':
        return <DevicesPage />;
      case 'status':
        return <StatusPage />;
      case 'sent':
        return <SentPage />;
      case 'help':
        return <HelpPage />;
      case 'about':
        return <AboutPage />;
    }
  }
}

/** F6: from the navigation to the page and back. */
function switchRegion(): void {
  const nav = document.querySelector<HTMLElement>('.nav');
  const isInNav = nav?.contains(document.activeElement) ?? false;
  const target = isInNav ? document.querySelector<HTMLElement>('.content h1') : nav?.querySelector<HTMLElement>('[aria-current="page"]');
  target?.focus();
}
