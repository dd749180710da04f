import { BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme, screen } from 'electron';
import type { AppState, Target } from '../bridge/index.ts';
import { tellWindow } from './ipc.ts';
import { Crashes } from './windows/crashes.ts';
import { pageOrigin } from './windows/page-files.ts';
import { flyoutPlace, placeOnScreens, type Rectangle, smallestWindow, type WindowPlace } from './windows/place.ts';

export interface WindowsOptions {
  readonly preload: string;
  readonly title: string;
  readonly hasDeveloperTools: boolean;
  readonly now: () => number;
  readonly readPlace: () => WindowPlace;
  readonly keepPlace: (place: WindowPlace) => void;
  readonly log: (message: string, error?: unknown) => void;
}

const flyoutSize = { width: 360, height: 480 } as const;
/** Its renderer is kept so long after it was hidden, for whoever looks again. */
const flyoutKeptMs = 30_000;
/** colorNeutralBackground3 of the page, so that a window does not flash. */
const ground = { light: '#f5f5f5', dark: '#141414' } as const;

/** The window and the flyout: made when they are wanted, gone with their renderers when they are closed. */
export class Windows {
  readonly #options: WindowsOptions;
  #main: BrowserWindow | null = null;
  #flyout: BrowserWindow | null = null;
  #flyoutEnd: NodeJS.Timeout | null = null;

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  get main(): BrowserWindow | null {
    return this.#main;
  }

  tell(state: AppState): void {
    for (const window of [this.#main, this.#flyout]) if (window) tellWindow(window, 'state', state);
  }

  /** Shows the window at a page: the open one goes there, else one is made. */
  open(target: Target): void {
    this.#hideFlyout();
    const open = this.#main;
    if (open) {
      tellWindow(open, 'navigate', target);
      if (open.isMinimized()) open.restore();
      open.show();
      open.focus();
      return;
    }
    const place = placeOnScreens(
      this.#options.readPlace(),
      screen.getAllDisplays().map(({ workArea }) => workArea),
    );
    const { x, y, width, height } = place;
    const window = this.#make({
      width,
      height,
      ...(x === null || y === null ? {} : { x, y }),
      minWidth: smallestWindow.width,
      minHeight: smallestWindow.height,
      ...(process.platform === 'win32'
        ? {
            titleBarStyle: 'hidden',
            titleBarOverlay: { height: 40, color: '#00000000', symbolColor: nativeTheme.shouldUseDarkColors ? '#ffffff' : '#242424' },
          }
        : {}),
    });
    this.#main = window;
    window.once('ready-to-show', () => {
      if (place.isMaximized) window.maximize();
      window.show();
    });
    window.on('close', () => {
      this.#options.keepPlace({ ...normalBounds(window), isMaximized: window.isMaximized() });
    });
    window.on('closed', () => {
      this.#main = null;
    });
    this.#load(window, {
      page: target.page,
      ...(target.deviceId === null ? {} : { device: target.deviceId }),
      ...(target.tab === null ? {} : { tab: target.tab }),
    });
  }

  /** Shows the flyout at the icon, or hides it where it is shown. */
  toggleFlyout(icon: Rectangle): void {
    const { workArea } = screen.getDisplayMatching(icon);
    const known = this.#flyout;
    if (known?.isVisible()) {
      this.#hideFlyout();
      return;
    }
    this.#keepFlyout();
    if (known) {
      known.show();
      return;
    }
    const window = this.#make({
      ...flyoutPlace(icon, workArea, flyoutSize),
      frame: false,
      resizable: false,
      maximizable: false,
      minimizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      alwaysOnTop: true,
    });
    this.#flyout = window;
    window.once('ready-to-show', () => {
      window.show();
    });
    window.on('blur', () => {
      this.#hideFlyout();
    });
    window.on('closed', () => {
      this.#keepFlyout();
      this.#flyout = null;
    });
    this.#load(window, { view: 'flyout' });
  }

  /** Closes the window that asks: the flyout only hides. */
  closeBy(webContentsId: number): void {
    if (this.#flyout?.webContents.id === webContentsId) this.#hideFlyout();
    else if (this.#main?.webContents.id === webContentsId) this.#main.close();
  }

  closeAll(): void {
    this.#main?.close();
    this.#flyout?.destroy();
  }

  #hideFlyout(): void {
    const window = this.#flyout;
    if (!window?.isVisible()) return;
    window.hide();
    this.#keepFlyout();
    this.#flyoutEnd = setTimeout(() => {
      window.destroy();
    }, flyoutKeptMs);
  }

  #keepFlyout(): void {
    if (this.#flyoutEnd) clearTimeout(this.#flyoutEnd);
    this.#flyoutEnd = null;
  }

  #make(options: BrowserWindowConstructorOptions): BrowserWindow {
    const { preload, title, hasDeveloperTools } = this.#options;
    const window = new BrowserWindow({
      ...options,
      title,
      show: false,
      autoHideMenuBar: true,
      backgroundColor: ground[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webviewTag: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: hasDeveloperTools,
      },
    });
    window.removeMenu();
    return window;
  }

  #load(window: BrowserWindow, query: Readonly<Record<string, string>>): void {
    const { log, now } = this.#options;
    const crashes = new Crashes(now);
    const load = (): void => {
      window.loadURL(`${pageOrigin}/index.html?${new URLSearchParams(query).toString()}`).catch((error: unknown) => {
        log('a window could not be loaded', error);
      });
    };
    window.webContents.on('render-process-gone', (_, { reason, exitCode }) => {
      log(`the page of a window ended: ${reason} (${exitCode})`);
      if (crashes.isWorthATry()) load();
      else window.destroy();
    });
    load();
  }
}

function normalBounds(window: BrowserWindow): Rectangle {
  const { x, y, width, height } = window.getNormalBounds();
  return { x, y, width: Math.max(width, smallestWindow.width), height: Math.max(height, smallestWindow.height) };
}
