import { spawnSync } from 'node:child_process';
import { findElectron, hasDisplay } from '../lab/electron/electron-runtime.ts';
import { projectFile } from '../lab/project-file.ts';
import type { Command } from './program.ts';

/** Why no window opens, for a person at the terminal; undefined where one does, and then the app is built. */
export function prepareTray(): string | undefined {
  if (!hasDisplay()) return 'no window: there is no display (DISPLAY is not set)';
  if (!findElectron()) return 'no window: there is no Electron runtime; `npx install-electron` downloads one';
  const built = spawnSync(process.execPath, [projectFile('tray-ui/tools/build.mjs')], { encoding: 'utf8' });
  return built.status === 0 ? undefined : `no window: the tray app could not be built: ${built.stderr}`;
}

/** The tray app with its window, as a person in a login session has it; what it keeps for its user lies in `userFolder`. */
export function trayCommand(configuration: string, session: string, userFolder: string): Command {
  const runtime = findElectron();
  if (!runtime) throw new Error('there is no Electron runtime');
  return {
    name: 'jabra-tray',
    file: runtime.executable,
    words: [...runtime.switches, projectFile('tray-ui/out/app'), `--config=${configuration}`, `--login-session=${session}`],
    environment: { XDG_CONFIG_HOME: userFolder },
  };
}
