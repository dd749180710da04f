// Makes the application that Electron starts, in out/app: main and preload as one file each, the page, the icons, the licences, and the agent beside them.
// `npm run build:tray` builds the agent first and then this.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { build } from 'vite';
import { drawIcons } from './draw-icons.mjs';
import { licences } from './licences.mjs';
import { native } from './native-packages.mjs';

const tray = fileURLToPath(new URL('..', import.meta.url));
const out = `${tray}out/app`;
const { version } = JSON.parse(await readFile(`${tray}package.json`, 'utf8'));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const [modules] = await Promise.all([
  everyModule(),
  drawIcons(`${out}/icons`),
  writeFile(
    `${out}/package.json`,
    `${JSON.stringify({ name: 'jabra-plus-desktop', productName: 'Jabra+ desktop', version, main: 'main.cjs' }, null, 2)}\n`,
  ),
]);
await writeFile(`${tray}out/modules.json`, JSON.stringify(modules));
await writeFile(`${out}/licences.json`, JSON.stringify(await licences(modules)));

/** The files that became part of a bundle. */
async function everyModule() {
  const page = build({ configFile: `${tray}vite.page.config.ts`, logLevel: 'warn' });
  const bundles = await Promise.all([
    bundle('main/electron-main', 'main.cjs'),
    bundle('preload/preload', 'preload.cjs'),
    bundle('agent-entry/agent-entry', 'agent-entry.cjs'),
    agent(),
    page.then(({ output }) => output),
  ]);
  return bundles.flat().flatMap(({ moduleIds = [] }) => moduleIds);
}

async function bundle(source, file) {
  const made = await rolldown({
    input: `${tray}src/${source}.ts`,
    platform: 'node',
    // Only Electron itself gives this.
    external: ['electron'],
    resolve: { conditionNames: ['source', 'import', 'module', 'node', 'default'] },
    logLevel: 'warn',
  });
  const { output } = await made.write({ file: `${out}/${file}`, format: 'cjs', codeSplitting: false });
  await made.close();
  return output;
}

/** The agent's program. A file of CommonJS each, as the rest: modules are read from an archive by newer versions of Electron only. */
async function agent() {
  const made = await rolldown({
    input: fileURLToPath(new URL('../agent/dist/cli/jabra-agent-child.js', `file://${tray}`)),
    platform: 'node',
    external: native.map((name) => new RegExp(`^${name}(/|$)`)),
    logLevel: 'warn',
  });
  const names = { entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' };
  const { output } = await made.write({ dir: `${out}/agent`, format: 'cjs', dynamicImportInCjs: false, ...names });
  await made.close();
  return output;
}
