// Makes one file of each program of the agent and all that it imports: two hundred files cost half a second and 15 MB at every start. What is native
// stays outside, and what is imported only when it is needed becomes a file of its own. Runs after the compiler; `npm run build` does both.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const folder = join(dist, 'bundle');
const programs = ['jabra-agent', 'jabra-agent-child'];

/** They find their machine code beside themselves. */
const native = ['node-hid', /^usb(\/|$)/, 'classic-level', 'native-reg', '@primno/dpapi'];

const bundle = await rolldown({
  input: Object.fromEntries(programs.map((name) => [name, join(dist, 'cli', `${name}.js`)])),
  platform: 'node',
  external: native,
  logLevel: 'warn',
});
const { output } = await bundle.generate({ format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
await bundle.close();

// An agent may start at any moment of this: what it loads is whole, old or new. So each file takes its place in one step, the programs after what they
// import, and what nothing imports any more goes last. What didn't change is left alone.
await mkdir(folder, { recursive: true });
const isHeld = async ({ fileName, code }) => (await readFile(join(folder, fileName), 'utf8').catch(() => null)) === code;
for (const file of output.toSorted((one, other) => Number(one.isEntry) - Number(other.isEntry))) {
  if (await isHeld(file)) continue;
  const beside = join(dist, `.${file.fileName}.${process.pid}`);
  await writeFile(beside, file.code);
  await rename(beside, join(folder, file.fileName));
}
const names = new Set(output.map(({ fileName }) => fileName));
for (const name of await readdir(folder)) if (!names.has(name)) await rm(join(folder, name), { recursive: true });
