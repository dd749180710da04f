import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type HidPort, jabraVendorId } from '@jpd/protocol';
import { virtualDevice } from '@jpd/protocol/virtual';
import { RunningProgram } from '../../lab/processes.ts';
import { eventually } from '../../lab/waiting.ts';
import { readThrough } from './read-through.ts';
import { packageFor } from './fwupd/packages.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { updateThrough } from './own-update.ts';
import { realHid } from './real-hid.ts';

const run = promisify(execFile);

/** The program starts a Node of its own, under emulation. */
const patientMs = 60_000;
const serial = '70BF92000001';

/** As the page about virtual devices says it. */
const attach = (): Promise<unknown> =>
  eventually('it can be attached', () => run('usbip', ['attach', '-r', '127.0.0.1', '-b', '1-1']).catch(() => null));

const isPlugged = async (hid: HidPort): Promise<boolean> => (await hid.list(jabraVendorId)).length > 0;

/** The release that the kernel read from the device descriptor, four digits. */
async function releaseOnUsb(hid: HidPort): Promise<string> {
  const { path } = await eventually('it is listed', async () => (await hid.list(jabraVendorId))[0]);
  const hidDevice = await realpath(join('/sys/class/hidraw', basename(path), 'device'));
  return (await readFile(join(dirname(dirname(hidDevice)), 'bcdDevice'), 'utf8')).trim();
}

/** `jabra-virtual usbip`, as a developer starts it. */
export const reEnumeration: readonly KernelTest[] = [
  kernelTest('jabra-virtual usbip: a headset detaches after an update, and can be attached again with its new version', async () => {
    const hid = realHid();
    const words = ['usbip', '--listen', '127.0.0.1:3240', '--device', `evolve2-75:${serial}`];
    const program = RunningProgram.start(process.execPath, ['/run/programs/jabra-virtual.mjs', ...words]);
    try {
      await program.prints(/^ready$/m, patientMs);
      await attach();
      const [before] = await readThrough(hid, serial);
      assert.deepEqual([before?.version, await releaseOnUsb(hid)], ['1.8.13', '0108']);

      const updated = updateThrough(hid, serial, packageFor(virtualDevice({ family: 'evolve2-75' }), '2.10.3'));
      await eventually('it detaches', async () => !(await isPlugged(hid)), patientMs);
      await attach();
      assert.equal(await updated, '2.10.3');
      const [after] = await readThrough(hid, serial);
      assert.deepEqual([after?.version, await releaseOnUsb(hid)], ['2.10.3', '0210']);

      assert.deepEqual(await program.stop(), { code: 0, signal: null, out: 'ready\n', err: '' });
      await eventually('the server pulls it out as it ends', async () => !(await isPlugged(hid)));
    } finally {
      await program.kill();
      await hid.close();
    }
  }),
];
