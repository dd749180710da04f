import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

import type { Environment } from './environment.ts';
import type { ConfigurationKey } from './keys.ts';
import { type ConfigurationSource, valuesOf } from './source.ts';

/** `path` as the named system has it. */
export function pathsOf(platform: NodeJS.Platform) {
  return platform === 'win32' ? win32 : posix;
}

/** Windows: below %ProgramData%, which all accounts share. Elsewhere: below the XDG state folder, where a relative XDG_STATE_HOME is ignored as XDG asks. */
export function defaultFolders(platform: NodeJS.Platform, environment: Environment): { readonly stateDir: string; readonly logDir: string } {
  if (platform === 'win32') {
    const base = win32.join(environment['ProgramData'] ?? environment['PROGRAMDATA'] ?? 'C:\\ProgramData', 'Jabra', 'JabraPlusDesktop');
    return { stateDir: win32.join(base, 'state'), logDir: win32.join(base, 'logs') };
  }
  const xdg = environment['XDG_STATE_HOME'] ?? '';
  const base = posix.isAbsolute(xdg) ? xdg : posix.join(environment['HOME'] ?? homedir(), '.local', 'state');
  const stateDir = posix.join(base, 'jabra-plus-desktop');
  return { stateDir, logDir: posix.join(stateDir, 'logs') };
}

/** What holds where no source says otherwise. Organisation and broker have none. */
export function defaultSource(platform: NodeJS.Platform, environment: Environment): ConfigurationSource {
  const values: Partial<Record<ConfigurationKey, unknown>> = {
    ...defaultFolders(platform, environment),
    logLevel: 'info',
    mode: 'personal',
    'reconnect.minMs': 1000,
    'reconnect.maxMs': 1_800_000,
    'hid.driver': 'node-hid',
  };
  return { name: 'default', origin: () => 'default', baseFolder: null, values: valuesOf(values) };
}
