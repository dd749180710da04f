// Makes the application that Electron starts, in out/app: main and preload as one file each, the page, the icons, the licences, and the agent beside them.
// `npm run build:tray` builds the agent first and then this.
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { build } from 'vite';
import { drawIcons } from './draw-icons.mjs';
import { licences } from './licences.mjs';

const tray = fileURLToPath(new URL('..', import.meta.url));
const out = `${tray}out/app`;
const { version } = JSON.parse(await readFile(`${tray}package.json`, 'utf8'));

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([
  bundle('main/electron-main', 'main.cjs'),
  bundle('preload/preload', 'preload.cjs'),
  bundle('agent-entry/agent-entry', 'agent-entry.cjs'),
  build({ configFile: `${tray}vite.page.config.ts`, logLevel: 'warn' }),
  drawIcons(`${out}/icons`),
  writeFile(`${out}/licences.json`, JSON.stringify(await licences())),
  writeFile(
    `${out}/package.json`,
    `${JSON.stringify({ name: 'jabra-plus-desktop', productName: 'Jabra+ desktop', version, main: 'main.cjs' }, null, 2)}\n`,
  ),
  agent(),
]);

async function bundle(source, file) {
  const made = await rolldown({
    input: `${tray}src/${source}.ts`,
    platform: 'node',
    // Only Electron itself gives this.
    external: ['electron'],
    resolve: { conditionNames: ['source', 'import', 'module', 'node', 'default'] },
    logLevel: 'warn',
  });
  await made.write({ file: `${out}/${file}`, format: 'cjs', codeSplitting: false });
  await made.close();
}

/** Its native packages are found from where it really is; an installer takes copies. */
async function agent() {
  const program = fileURLToPath(new URL('../agent/dist/bundle', `file://${tray}`));
  if (process.platform === 'win32') await cp(program, `${out}/agent`, { recursive: true });
  else await symlink(program, `${out}/agent`);
}
