// The licences of all that is shipped: the packages of which a module is in a bundle, those with machine code and what they need, and Electron.
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textByHand } from './licence-texts.mjs';
import { about, folderOf, nativeFolders, thisComputer } from './native-packages.mjs';

const tray = fileURLToPath(new URL('..', import.meta.url));

/**
 * `{name, version, licence, text}` of each package, by name. `modules` are the files in the bundles; what is native stays outside of them.
 * Throws where a package has no text.
 */
export async function licences(modules, target = thisComputer) {
  const outside = [...(await nativeFolders(target)).values()];
  const inside = new Set(modules.map(packageFolder).filter((folder) => folder !== undefined));
  const electron = folderOf(tray, 'electron');
  const found = new Map();
  for (const folder of [...inside, ...outside, electron]) {
    const licence = await licenceOf(folder, outside.includes(folder));
    found.set(`${licence.name}@${licence.version}`, licence);
  }
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'));
}

/** Of a file in node_modules, or what the bundler itself put in; undefined for what is ours. */
function packageFolder(module) {
  const bundler = /^\0(rolldown|vite)[/]/.exec(module)?.[1];
  if (bundler !== undefined) return folderOf(tray, bundler);
  const path = module.replace(/^\0/, '').replace(/[?].*$/, '');
  return /^.*[\\/]node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/.exec(path)?.[0];
}

async function licenceOf(folder, hasMachineCode) {
  const { name, version, license } = await about(folder);
  const text = (await textsIn(folder, hasMachineCode)) || textByHand(name);
  if (!text) throw new Error(`${name} comes without the text of its licence: add it to licence-texts.mjs`);
  return { name, version, licence: typeof license === 'string' ? license : 'see text', text };
}

/** Of what a package is compiled from, too: libraries in folders of their own. Of several licences to choose from, the GPL is not chosen. */
async function textsIn(folder, deeper) {
  const entries = await readdir(folder, { recursive: deeper });
  const names = entries.filter((path) => {
    const name = path.split(sep).at(-1) ?? '';
    return /^(licen[cs]e|notice|copying)/i.test(name) && !/[.](js|json|ts|html)$/i.test(name) && !/gpl/i.test(name) && !path.includes('node_modules');
  });
  const texts = await Promise.all(names.toSorted().map((name) => readFile(join(folder, name), 'utf8')));
  return [...new Set(texts.map((text) => text.trim()))].join('\n\n');
}
