import { parseArgs } from 'node:util';

export interface TrayOptions {
  /** The agent's configuration file; null where the registry or a default names it. */
  readonly config: string | null;
  /** Names the login session instead of the system. */
  readonly loginSession: string | null;
  /** Started by the system and not by a person: no window opens by itself. */
  readonly isInBackground: boolean;
  readonly hasTrayIcon: boolean;
}

/**
 * What the program was started with: `--config=FILE`, `--login-session=ID`, `--background`, `--no-tray-icon` (or NO_TRAYICON=YES, as the installer's
 * property is called). Chromium's switches stand among the words, and it may reorder them: values are joined by "=".
 */
export function readOptions(words: readonly string[], environment: Readonly<Record<string, string | undefined>>): TrayOptions {
  const { values } = parseArgs({
    args: words.filter((word) => word.startsWith('--')),
    options: {
      config: { type: 'string' },
      'login-session': { type: 'string' },
      background: { type: 'boolean' },
      'no-tray-icon': { type: 'boolean' },
    },
    strict: false,
  });
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  const isBare = environment['NO_TRAYICON']?.toUpperCase() === 'YES';
  return {
    config: text(values['config']),
    loginSession: text(values['login-session']),
    isInBackground: values['background'] === true,
    hasTrayIcon: values['no-tray-icon'] !== true && !isBare,
  };
}
