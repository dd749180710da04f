// Makes one file of each program of the agent and all that it imports: two hundred files cost half a second and 15 MB at every start. What is native
// stays outside, and what is imported only when it is needed becomes a file of its own. Runs after the compiler; `npm run build` does both.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const programs = ['jabra-agent', 'jabra-agent-child'];

/** They find their machine code beside themselves. */
const native = ['node-hid', /^usb(\/|$)/, 'classic-level', 'native-reg', '@primno/dpapi'];

const bundle = await rolldown({
  input: Object.fromEntries(programs.map((name) => [name, `${dist}cli/${name}.js`])),
  platform: 'node',
  external: native,
  logLevel: 'warn',
});
await rm(`${dist}bundle`, { recursive: true, force: true });
await bundle.write({ dir: `${dist}bundle`, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
await bundle.close();
