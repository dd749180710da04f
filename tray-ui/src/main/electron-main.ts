/** The tray app: everything is built here, by hand, and reads from top to bottom. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { app, clipboard, dialog, nativeTheme, powerMonitor, session } from 'electron';
import { z } from 'zod';
import { type AppState, licenceSchema, type Preferences, preferencesSchema, type Target } from '../bridge/index.ts';
import { AgentSupervisor } from './agent/supervisor.ts';
import { WithoutAgent } from './agent/without-agent.ts';
import { pairingOf } from './agent-handlers/pairing.ts';
import { appStateOf } from './app-state/index.ts';
import { systemClock } from './clock.ts';
import { startAgentProcess } from './electron-agent.ts';
import { surviveFaults } from './electron-faults.ts';
import { guardSession, guardWindows } from './electron-guards.ts';
import { startAtLogin } from './electron-login-item.ts';
import { Notices } from './electron-notices.ts';
import { declarePageScheme, servePages } from './electron-pages.ts';
import { followPower } from './electron-power.ts';
import { TrayView } from './electron-tray.ts';
import { Windows } from './electron-windows.ts';
import { JsonFile } from './files/json-file.ts';
import { MainLog } from './files/main-log.ts';
import { makeHandlers } from './handlers.ts';
import { listenToWindows } from './ipc.ts';
import { emptyMemory, noticeMemorySchema, withoutOld } from './notices/notice-memory.ts';
import { noteAsked, noticesNow } from './notices/notice-rules.ts';
import { type NoticeAction, noticeText } from './notices/notice-words.ts';
import { readOptions } from './options.ts';
import { trayFace } from './tray/tray-face.ts';
import { pageOrigin } from './windows/page-files.ts';
import { firstPlace, placeSchema } from './windows/place.ts';
import { mainLanguage, makeMainWords } from './words/main-words.ts';

const home: Target = { page: 'devices', deviceId: null, tab: null };
const options = readOptions(process.argv.slice(1), process.env);

// Of a second program only its wish reaches the first.
if (app.requestSingleInstanceLock({ isInBackground: options.isInBackground })) run();
else app.exit(0);

function run(): void {
  const logFolder = app.getPath('logs');
  const mainLog = new MainLog({ folder: logFolder, console: process.stderr, now: () => systemClock.now() });
  const log = (message: string, error?: unknown): void => {
    mainLog.say(message, error);
  };
  const ourFile = (path: string): string => join(__dirname, path);
  // It would take the switch back, without which root on Linux can start no process at all; each window asks for its sandbox itself.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  if (process.platform === 'win32') app.setAppUserModelId('plus.jabra.desktop');
  declarePageScheme();
  const refused = (what: string): void => {
    log(`refused: ${what}`);
  };
  guardWindows(app, refused);

  const kept = <S extends z.ZodType>(name: string, schema: S, defaults: z.infer<S>): JsonFile<S> =>
    new JsonFile({ path: join(app.getPath('userData'), name), schema, defaults, onProblem: log });
  const preferences = kept('preferences.json', preferencesSchema, { language: 'system', batteryNotice: false, hasSeenFirstRun: false });
  const place = kept('window.json', placeSchema, firstPlace);
  const told = kept('notices.json', noticeMemorySchema, emptyMemory);

  let isEnding = false;
  const startAgent = (...more: readonly string[]) =>
    startAgentProcess(ourFile('agent-entry.cjs'), [...agentWords(), ...more], (text) => {
      if (!isEnding) log(`the agent said last: ${text}`);
    });
  const agent = new AgentSupervisor({ start: () => startAgent(), clock: systemClock, log });
  const withoutAgent = new WithoutAgent({ start: () => startAgent('--without-agent'), clock: systemClock });
  const windows = new Windows({
    preload: ourFile('preload.cjs'),
    title: 'Jabra+ desktop',
    hasDeveloperTools: !app.isPackaged,
    now: () => systemClock.now(),
    readPlace: () => place.value,
    keepPlace: (value) => {
      place.write(value);
    },
    log,
  });
  const notices = new Notices();
  let tray: TrayView | null = null;
  let words = wordsOf(preferences.value);

  let policy: AppState['policy'] | null = null;
  const state = (): AppState => {
    const { view } = agent;
    const pairing = pairingOf(view.local?.pairing ?? null);
    const now = appStateOf(view, { version: app.getVersion(), preferences: preferences.value, pairing });
    // What the organisation said holds also while the agent is started again.
    if (view.local) ({ policy } = now);
    return policy === null ? now : { ...now, policy };
  };
  const deviceOf = (deviceId: string) => state().devices.find((device) => device.deviceId === deviceId);

  const act = (action: NoticeAction): void => {
    if (action.kind === 'later') return;
    const { deviceId } = action;
    if (action.kind === 'recover') windows.open({ page: 'devices', deviceId, tab: 'firmware' });
    if (action.kind === 'install') noteInstall(deviceId);
    const asked =
      action.kind === 'recover' ? agent.call('recoverFirmware', { deviceId }) : agent.call('answerFirmware', { deviceId, answer: action.kind });
    asked.catch((error: unknown) => {
      log(`${action.kind} from a notification`, error);
    });
  };

  function noteInstall(deviceId: string): void {
    const device = deviceOf(deviceId);
    if (device) told.write(noteAsked(told.value, device));
  }

  /** Everything that shows something shows what is so now. */
  const show = (): void => {
    const now = state();
    windows.tell(now);
    tray?.show(trayFace(now, words));
    const inCall = agent.view.local?.inCall ?? false;
    const due = noticesNow(now, withoutOld(told.value, systemClock.now()), { inCall, doNotDisturb: false, now: systemClock.now() });
    if (JSON.stringify(due.memory) !== JSON.stringify(told.value)) told.write(due.memory);
    if (!options.hasTrayIcon) return;
    for (const notice of due.notices) {
      const text = noticeText(notice, words);
      notices.show(text, {
        onClick: () => {
          windows.open(text.target);
        },
        onAction: act,
      });
    }
  };

  function wordsOf({ language }: Preferences): ReturnType<typeof makeMainWords> {
    return makeMainWords(mainLanguage(language, app.getPreferredSystemLanguages()));
  }

  function agentWords(): string[] {
    const { config, loginSession } = options;
    return [
      ...(config === null ? [] : ['--config', config]),
      ...(loginSession === null ? [] : ['--login-session', loginSession]),
      '--more-logs',
      logFolder,
    ];
  }

  listenToWindows({
    origin: pageOrigin,
    onRefused: (code, name) => {
      log(`refused: a call of ${name} (${code})`);
    },
    handlersFor: (webContentsId) =>
      makeHandlers(agent, {
        state: async () => state(),
        setPreferences: (changed) => {
          preferences.write({ ...preferences.value, ...changed });
          words = wordsOf(preferences.value);
          show();
        },
        askedToInstall: noteInstall,
        openWindow: (target) => {
          windows.open(target);
        },
        closeWindow: () => {
          windows.closeBy(webContentsId);
        },
        licences: async () => z.array(licenceSchema).parse(JSON.parse(await readFile(ourFile('licences.json'), 'utf8'))),
        copyVersionDetails: () => {
          void clipboard.writeText(versionDetails());
        },
        withoutAgent,
        askWhere: async (name) => {
          const asked = { defaultPath: join(app.getPath('documents'), name) };
          const { canceled, filePath } = await (windows.main ? dialog.showSaveDialog(windows.main, asked) : dialog.showSaveDialog(asked));
          return canceled || !filePath ? null : filePath;
        },
        now: () => systemClock.now(),
      }),
  });

  const versionDetails = (): string => {
    const { electron, chrome, node } = process.versions;
    const agentVersion = agent.view.local?.version ?? '';
    return [
      `Jabra+ desktop ${app.getVersion()}`,
      `agent ${agentVersion}`,
      `Electron ${electron}, Chromium ${chrome}, Node ${node}`,
      process.getSystemVersion(),
    ].join('\n');
  };

  agent.onChange(show);
  nativeTheme.on('updated', show);
  app.on('second-instance', (_, __, ___, wish) => {
    const isInBackground = typeof wish === 'object' && wish !== null && 'isInBackground' in wish && wish.isInBackground === true;
    if (!isInBackground) windows.open(home);
  });
  // The agent goes on without a window.
  app.on('window-all-closed', () => undefined);

  const end = async (code = 0): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    windows.closeAll();
    await agent.stop();
    tray?.close();
    await mainLog.flush();
    app.exit(code);
  };
  surviveFaults(app, { log, end: (code) => void end(code) });
  app.on('before-quit', (event) => {
    event.preventDefault();
    void end();
  });

  void app.whenReady().then(() => {
    guardSession(session.defaultSession, refused);
    servePages(session.defaultSession, ourFile('page'));
    startAtLogin(app, { isInstalledForAll: true }).ensure();
    powerMonitor.on('shutdown', () => void end());
    followPower((what) => {
      agent.call(what, {}).catch(() => undefined);
    });
    log(`${app.getVersion()} starts, Electron ${process.versions.electron}`);
    agent.start();
    if (options.hasTrayIcon) {
      tray = new TrayView(ourFile('icons'), {
        open: (target) => {
          windows.open(target);
        },
        flyout: (icon) => {
          windows.toggleFlyout(icon);
        },
        pair: () => {
          windows.open(home);
          agent.call('startPairing', {}).catch(() => undefined);
        },
        quit: () => {
          app.quit();
        },
      });
      if (!options.isInBackground) windows.open(home);
    }
    show();
  });
}
