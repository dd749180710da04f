import assert from 'node:assert/strict';
import { jabraVendorId, type HidPort } from '@jpd/protocol';
import { virtualDevice } from '@jpd/protocol/virtual';
import { RunningProgram } from '../../lab/processes.ts';
import { eventually } from '../../lab/waiting.ts';
import { connectBus } from '../../virtual/bus-client.ts';
import { packageFor } from './fwupd/packages.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { readThrough, type Described } from './read-through.ts';
import { updateThrough } from './own-update.ts';
import { realHid } from './real-hid.ts';

/** The program starts a Node of its own, under emulation. */
const patientMs = 60_000;

const headset = '70BF92000001';
const speakerphone = '70BF92000003';
const dongle = '50C275000001';
const worn = '70BF92000002';
const socket = '/tmp/uhid.sock';

const shows = (hid: HidPort, ...wanted: readonly string[]): Promise<unknown> =>
  eventually(`the kernel shows ${wanted.join(', ')}`, async () => {
    const serials = (await hid.list(jabraVendorId)).map(({ serial }) => serial);
    return serials.length === wanted.length && wanted.every((serial) => serials.includes(serial));
  });

/** `jabra-virtual uhid`, as a developer starts it. */
export const uhid: readonly KernelTest[] = [
  kernelTest(
    'jabra-virtual uhid shows headset, speakerphone and dongle to the kernel, takes control commands and comes back after an update',
    async () => {
      const hid = realHid();
      const devices = [`evolve2-75:${headset}`, `speak2-75:${speakerphone}`, `link-380:${dongle}+evolve2-65:${worn}`];
      const words = ['uhid', ...devices.flatMap((device) => ['--device', device]), '--socket', socket];
      const program = RunningProgram.start(process.execPath, ['/run/programs/jabra-virtual.mjs', ...words]);
      try {
        await program.prints(/^ready$/m, patientMs);
        await shows(hid, headset, speakerphone, dongle);
        const [first, second, third] = [await readThrough(hid, headset), await readThrough(hid, speakerphone), await readThrough(hid, dongle)];
        const known = (family: string, serial: string): Described => {
          const { state } = virtualDevice({ family, serial });
          return { name: state.family.name, serial, version: state.version, battery: state.battery?.level ?? null };
        };
        assert.deepEqual(first, [known('evolve2-75', headset)]);
        assert.deepEqual(second, [known('speak2-75', speakerphone)]);
        assert.deepEqual(third, [known('link-380', dongle), known('evolve2-65', worn)]);

        const bus = await connectBus(socket);
        await bus.client.request('battery', { device: headset, level: 42, charging: false });
        assert.equal((await readThrough(hid, headset))[0]?.battery, 42);
        await bus.client.request('unplug', { device: speakerphone });
        await shows(hid, headset, dongle);
        await bus.client.request('plug', { device: speakerphone });
        await shows(hid, headset, speakerphone, dongle);
        await bus.close();

        const firmware = packageFor(virtualDevice({ family: 'evolve2-75' }), '9.8.7');
        assert.equal(await updateThrough(hid, headset, firmware), '9.8.7');
        assert.equal((await readThrough(hid, headset))[0]?.version, '9.8.7');
        await shows(hid, headset, speakerphone, dongle);

        assert.deepEqual(await program.stop(), { code: 0, signal: null, out: 'ready\n', err: '' });
        await shows(hid);
      } finally {
        await program.kill();
        await hid.close();
      }
    },
  ),
];
