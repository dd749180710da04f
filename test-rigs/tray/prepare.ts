import { spawnSync } from 'node:child_process';
import { fetchElectron } from '../lab/electron/electron-runtime.ts';
import { projectFile } from '../lab/project-file.ts';

/** Once before the tests of the tray: an Electron to run it, where one can be had, and the application as it is built. */
export default function prepare(): void {
  const missing = fetchElectron();
  if (missing !== undefined) process.stderr.write(`no Electron: ${missing}\n`);
  const built = spawnSync(process.execPath, [projectFile('tray-ui/tools/build.mjs')], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the tray app could not be built: ${built.stderr}`);
}
