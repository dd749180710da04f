import type { App, Session, WebContents } from 'electron';
import { pageScheme } from './windows/page-files.ts';

/** Whatever a page may try, of ours or of somebody who got into it: it stays where it is, opens nothing, is allowed nothing and reaches nobody. */
export function guardWindows(app: App, onRefused: (what: string) => void): void {
  app.on('web-contents-created', (_, contents) => {
    guardContents(contents, onRefused);
  });
}

function guardContents(contents: WebContents, onRefused: (what: string) => void): void {
  const refuse = (what: string) => (event: { preventDefault(): void }) => {
    event.preventDefault();
    onRefused(what);
  };
  contents.on('will-navigate', refuse('navigation'));
  contents.on('will-frame-navigate', refuse('navigation of a frame'));
  contents.on('will-redirect', refuse('redirection'));
  contents.on('will-attach-webview', refuse('webview'));
  contents.setWindowOpenHandler(() => {
    onRefused('a window of the page');
    return { action: 'deny' };
  });
}

/** Of Chromium's own pages only the developer tools, which a packaged app does not open. */
const schemes = [`${pageScheme}:`, 'data:', 'devtools:'];

export function guardSession(session: Session, onRefused: (what: string) => void): void {
  session.setPermissionRequestHandler((_, permission, answer) => {
    onRefused(`permission ${permission}`);
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => {
    event.preventDefault();
    onRefused('download');
  });
  // The content policy refuses already; this holds where a page has none.
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const isOurs = URL.canParse(url) && schemes.includes(new URL(url).protocol);
    if (!isOurs) onRefused('a request to elsewhere');
    answer({ cancel: !isOurs });
  });
}
