// The licences of all that is shipped: our packages' dependencies, theirs, and Electron with what is in it.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ours = ['protocol', 'agent', 'tray-ui'];

/** `{name, version, licence, text}` of each package, by name. */
export async function licences() {
  const found = new Map();
  for (const workspace of ours) {
    const { dependencies = {}, optionalDependencies = {} } = await about(join(root, workspace));
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) await follow(join(root, workspace), name, found);
  }
  await follow(join(root, 'tray-ui'), 'electron', found, false);
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

async function follow(from, name, found, deeper = true) {
  if (name.startsWith('@jpd/')) return;
  const folder = folderOf(from, name);
  // An optional package for another system.
  if (folder === undefined) return;
  const { version, license, dependencies = {}, optionalDependencies = {} } = await about(folder);
  const key = `${name}@${version}`;
  if (found.has(key)) return;
  found.set(key, { name, version, licence: typeof license === 'string' ? license : 'see text', text: await textOf(folder) });
  if (deeper) for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) await follow(folder, next, found);
}

/** Where Node would find it. */
function folderOf(from, name) {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
  }
  return undefined;
}

const about = async (folder) => JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

async function textOf(folder) {
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|notice|copying)/i.test(name) && !/[.](js|json|ts|html)$/i.test(name));
  const texts = await Promise.all(names.toSorted().map((name) => readFile(join(folder, name), 'utf8')));
  return texts.join('\n\n').trim();
}
