import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { jabraVendorId } from '@jpd/protocol';
import { virtualDevice } from '@jpd/protocol/virtual';
import { eventually } from '../../lab/waiting.ts';
import { attachAll } from './attached.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { realHid } from './real-hid.ts';

const run = promisify(execFile);

/** What udev holds of a device node. */
const udevOf = async (path: string): Promise<string> => (await run('udevadm', ['info', '--query=property', path])).stdout;
const modeOf = async (path: string): Promise<string> => (await run('stat', ['-c', '%a', path])).stdout.trim();

/** Who may open a device. */
export const permissions: readonly KernelTest[] = [
  kernelTest('the udev rules that we ship give a Jabra hidraw node to whoever sits at the computer', async () => {
    const hid = realHid();
    await copyFile('installer/linux/70-jabra-plus-desktop.rules', '/etc/udev/rules.d/70-jabra-plus-desktop.rules');
    await run('udevadm', ['control', '--reload']);
    const attached = await attachAll(virtualDevice({ family: 'evolve2-75' }));
    try {
      const info = await eventually('it is listed', async () => (await hid.list(jabraVendorId))[0]);
      // `uaccess` is what logind turns into an ACL for the seat; there is no logind here.
      const properties = await eventually('udev has tagged it', async () => {
        const said = await udevOf(info.path);
        return said.includes(':uaccess:') && said;
      });
      assert.match(properties, /TAGS=.*:uaccess:/);
      assert.equal(await modeOf(info.path), '660');
    } finally {
      await attached.close();
      await hid.close();
    }
  }),
];
