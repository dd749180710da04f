// What an installer packs, in out/package: the application of `npm run build:tray` with the packages that have machine code for one kind of computer,
// and the program's icon. `node stage.mjs [--platform=win32] [--arch=x64]`; packages for another system come from `npm install --os=win32 --cpu=x64`.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { programIcon } from './draw-icons.mjs';
import { licences } from './licences.mjs';
import { nativeFolders, thisComputer } from './native-packages.mjs';

const tray = fileURLToPath(new URL('..', import.meta.url));
const out = join(tray, 'out/package');
const { values } = parseArgs({ options: { platform: { type: 'string' }, arch: { type: 'string' } } });
const target = { ...thisComputer, ...values };

const modules = JSON.parse(await readFile(join(tray, 'out/modules.json'), 'utf8'));
await rm(out, { recursive: true, force: true });
await cp(join(tray, 'out/app'), join(out, 'app'), { recursive: true });
await writeFile(join(out, 'app/licences.json'), JSON.stringify(await licences(modules, target)));
await describe();
// Not named node_modules yet: who packs takes that for something to install.
for (const [name, folder] of await nativeFolders(target)) await copyPackage(folder, join(out, 'native', name));
await icons(join(out, 'icons'));

/** What the packer asks of an application besides its entry. */
async function describe() {
  const file = join(out, 'app/package.json');
  const about = JSON.parse(await readFile(file, 'utf8'));
  const { description, license } = JSON.parse(await readFile(join(tray, '../package.json'), 'utf8'));
  await writeFile(file, `${JSON.stringify({ ...about, description, license, author: 'The Jabra+ desktop contributors' }, null, 2)}\n`);
}

async function copyPackage(from, to) {
  const { main } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'));
  for (const path of await readdir(from, { recursive: true })) {
    if (!isNeeded(path, main)) continue;
    await mkdir(dirname(join(to, path)), { recursive: true });
    await cp(join(from, path), join(to, path));
  }
}

/** Code and machine code for the target; the texts of the licences are in licences.json. */
function isNeeded(path, main = '') {
  const folders = path.split(sep);
  const name = folders.pop() ?? '';
  if (name === 'package.json') return folders.length === 0;
  if (folders.some((folder) => ['node_modules', 'test', 'tests', 'deps', 'bin', 'hidapi'].includes(folder))) return false;
  // Sources lie there, unless it is what the package runs.
  if (folders[0] === 'src' && !main.includes('src')) return false;
  if (extname(name) !== '.node') return ['.js', '.cjs', '.mjs'].includes(extname(name)) && !/^(bin|build-test)[.]js$/.test(name);
  const isOfTarget = folders.length === 0 || (folders[0] === 'prebuilds' && folders.at(-1)?.endsWith(`${target.platform}-${target.arch}`));
  return isOfTarget && !name.includes('musl');
}

/** One file of several sizes for Windows (each a PNG, which it takes since Vista), and one picture for other systems. */
async function icons(folder) {
  const sizes = [16, 24, 32, 48, 64, 256];
  const pictures = sizes.map(programIcon);
  const head = Buffer.alloc(6 + sizes.length * 16);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let offset = head.length;
  for (const [index, size] of sizes.entries()) {
    const at = 6 + index * 16;
    // 0 stands for 256.
    head.set([size % 256, size % 256], at);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(pictures[index].length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += pictures[index].length;
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'icon.ico'), Buffer.concat([head, ...pictures]));
  await writeFile(join(folder, 'icon.png'), programIcon(512));
}
