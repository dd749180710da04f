import type { App } from 'electron';

/** Lets the system start the app when a person signs in. */
export interface StartAtLogin {
  ensure(): void;
}

/**
 * The installer does it for everybody on a PC (HKLM Run); the app itself only where it was installed without that, for its own user, on Windows. On other
 * systems Electron has no such call, and nothing is done.
 */
export function startAtLogin(app: App, options: { readonly isInstalledForAll: boolean }): StartAtLogin {
  return {
    ensure: () => {
      if (process.platform !== 'win32' || !app.isPackaged || options.isInstalledForAll) return;
      const words = ['--background'];
      if (!app.getLoginItemSettings({ args: words }).openAtLogin) app.setLoginItemSettings({ openAtLogin: true, args: words });
    },
  };
}
