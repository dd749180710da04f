import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectFile } from '../project-file.ts';
import { findElectron } from './electron-runtime.ts';

export interface PackedApp {
  /** The folder that an installer takes. */
  readonly folder: string;
  readonly executable: string;
  /** The archive with the application. */
  readonly archive: string;
  readonly remove: () => void;
}

const program = 'jabra-plus-desktop';
const staged = projectFile('tray-ui/out/package');
const configuration = projectFile('electron-builder.yml');
/** The runtime in Debian's place; a real distribution says its own. */
const substituteVersion = '25.1.1';
const packMs = 120_000;

/** Makes what an installer packs, for this computer. What the substitute's Node lacks is put ahead of both programs: no environment reaches them. */
export function stage(): void {
  run([projectFile('tray-ui/tools/stage.mjs')]);
  const newer = readFileSync(projectFile('test-rigs/lab/electron/substitute/newer-node.cjs'), 'utf8');
  for (const file of ['main.cjs', 'agent-entry.cjs']) {
    const path = join(staged, 'app', file);
    writeFileSync(path, `${newer}\n${readFileSync(path, 'utf8')}`);
  }
}

/** Packs what was staged, as `electron-builder.yml` says, with the Electron of this machine. */
export function packForLinux(): PackedApp {
  const runtime = findElectron();
  if (!runtime) throw new Error('there is no Electron');
  // The substitute was made before that fuse.
  return pack('linux', dirname(runtime.executable), /^ *grantFileProtocolExtraPrivileges:.*\n/m);
}

/**
 * The same for Windows, over a program that is none but has the fuses of one: it shows what is written into a program. A real one comes from Electron's
 * own download.
 */
export function packForWindows(stub: string): PackedApp {
  const electron = mkdtempSync(join(tmpdir(), 'jd-'));
  try {
    for (const folder of ['resources', 'locales']) mkdirSync(join(electron, folder));
    writeFileSync(join(electron, 'locales/en-US.pak'), '');
    copyFileSync(stub, join(electron, 'electron.exe'));
    return pack('win', electron, null);
  } finally {
    rmSync(electron, { recursive: true });
  }
}

function pack(system: 'linux' | 'win', electronDist: string, without: RegExp | null): PackedApp {
  const out = mkdtempSync(join(tmpdir(), 'jp-'));
  const remove = (): void => {
    rmSync(out, { recursive: true, force: true });
  };
  try {
    const text = readFileSync(configuration, 'utf8');
    const file = join(out, 'electron-builder.yml');
    writeFileSync(file, without === null ? text : text.replace(without, ''));
    const given = { electronDist, electronVersion: substituteVersion, 'directories.output': join(out, 'made') };
    run([
      projectFile('node_modules/electron-builder/cli.js'),
      `--${system}`,
      'dir',
      '--x64',
      '--publish=never',
      `--projectDir=${projectFile('.')}`,
      `--config=${file}`,
      ...Object.entries(given).map(([name, value]) => `-c.${name}=${value}`),
    ]);
    const folder = join(out, 'made', `${system}-unpacked`);
    // The substitute's own place for an application, which a distribution of Electron has no folder at.
    rmSync(join(folder, 'resources/app'), { recursive: true, force: true });
    const executable = join(folder, system === 'win' ? `${program}.exe` : program);
    return { folder, executable, archive: join(folder, 'resources/app.asar'), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function run(words: readonly string[]): void {
  // Nothing is signed, and nobody is asked for anything.
  const env = { ...process.env, CSC_IDENTITY_AUTO_DISCOVERY: 'false', ELECTRON_BUILDER_OFFLINE: 'true' };
  const { status, stdout, stderr, error } = spawnSync(process.execPath, words, { cwd: projectFile('.'), encoding: 'utf8', timeout: packMs, env });
  if (status !== 0) throw new Error(`${words[0] ?? ''}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
}

/** Gives a program for Windows the fuses that Electron's own has, each as Electron sets it. */
export function withFuses(file: string, to: string): void {
  cpSync(file, to);
  // @electron/fuses looks for these words; behind them stand the wire's version, its length, and a digit for each fuse.
  const wire = Buffer.concat([Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'), Buffer.from([1, 8]), Buffer.from('10110001')]);
  writeFileSync(to, Buffer.concat([readFileSync(to), wire]));
}
