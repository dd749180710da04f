// Packages with machine code, which no bundle takes in: what of them a computer needs that runs the app.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** What the agent imports of them. */
export const native = ['@primno/dpapi', 'classic-level', 'native-reg', 'node-hid', 'usb'];
/** Of Windows' own calls. */
const windowsOnly = new Set(['@primno/dpapi', 'native-reg']);
/** Headers for a compiler, and types. */
const isForBuilding = (name) => ['napi-macros', 'node-addon-api'].includes(name) || name.startsWith('@types/');

export const thisComputer = { platform: process.platform, arch: process.arch };

/** Where Node finds a package from a folder; undefined where it is not installed. */
export function folderOf(from, name) {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
  }
  return undefined;
}

export const about = async (folder) => JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

/** The folders of them and of all that they need on the target, by name. Throws where one is not installed. */
export async function nativeFolders(target) {
  const found = new Map();
  for (const name of native) if (target.platform === 'win32' || !windowsOnly.has(name)) await follow(join(root, 'agent'), name, target, found);
  return found;
}

async function follow(from, name, target, found) {
  const folder = folderOf(from, name);
  if (folder === undefined) throw new Error(`${name} is not installed: npm install --os=${target.platform} --cpu=${target.arch}`);
  const held = found.get(name);
  if (held === folder) return;
  if (held !== undefined) throw new Error(`two versions of ${name} are needed: ${held}, ${folder}`);
  found.set(name, folder);
  const { dependencies = {}, optionalDependencies = {} } = await about(folder);
  for (const next of Object.keys(dependencies)) if (!isForBuilding(next)) await follow(folder, next, target, found);
  for (const next of Object.keys(optionalDependencies)) if (isMadeFor(next, target)) await follow(folder, next, target, found);
}

/** A package for one kind of computer says so at the end of its name (napi-rs): OS-CPU, and the C library where there are two. */
const isMadeFor = (name, { platform, arch }) => ['', '-gnu', '-msvc'].some((library) => name.endsWith(`-${platform}-${arch}${library}`));
