import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Native modules, and what is there on other systems only: Node finds them in the project's own node_modules. */
const external = ['node-hid', 'usb/index.js', 'classic-level', 'native-reg', '@primno/dpapi'];

/**
 * Puts the suite, our updater, `jabra-virtual` and `jabra-agent`, as they were compiled, into a few files in `folder`: each of the hundreds of modules would cost the guest several
 * round trips to the host's files.
 */
export async function bundleForGuest(project: string, folder: string): Promise<void> {
  const input = {
    'guest-main': join(project, 'test-rigs', 'dist', 'lab-kernel', 'guest-main.js'),
    'update-main': join(project, 'test-rigs', 'dist', 'lab-kernel', 'update-main.js'),
    'jabra-virtual': join(project, 'test-rigs', 'dist', 'cli', 'jabra-virtual.js'),
    'jabra-agent': join(project, 'agent', 'dist', 'cli', 'jabra-agent.js'),
  };
  const build = await rolldown({ cwd: project, input, platform: 'node', external, logLevel: 'warn' });
  await build.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
  await build.close();
}
