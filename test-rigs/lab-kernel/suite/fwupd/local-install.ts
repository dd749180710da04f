import assert from 'node:assert/strict';
import { type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { buildCabinet } from '../../../fwupd/cabinet.ts';
import { Fwupdtool } from '../../../fwupd/fwupdtool.ts';
import { eventually } from '../../../lab/waiting.ts';
import { attachAll } from '../attached.ts';
import { kernelTest, type KernelTest } from '../kernel-test.ts';
import { FwupdDaemon } from './daemon.ts';
import { packageFor } from './packages.ts';

const version = '3.2.1';

/**
 * fwupd 2.0.20 opens the device once more after the commit, and fails where it has left; then it waits until nothing has come or gone for 2.5 s, and says
 * that the version isn't new where the device isn't back by then. Under emulation, on a busy machine, it isn't: hence what counts is not the exit code but
 * what the device runs, and what the daemon says of it once it is back.
 */
const firmware = { leaveMs: 1000, restartMs: 100 };

/** Installs a cabinet through the daemon; gives the exit code. */
async function install(daemon: FwupdDaemon, tool: Fwupdtool, device: VirtualDevice): Promise<number | null> {
  const { zip, images } = packageFor(device, version);
  const code = await daemon.install(await buildCabinet(tool, `${device.serial}.cab`, zip, device.state.dfuProductId, version));
  // It runs it from its restart on, which pulls it out of the kernel and puts it back.
  await eventually('it runs the new version', () => device.state.version === version);
  assert.deepEqual(device.state.flash?.running, images);
  await eventually('the daemon sees it come back', async () =>
    (await daemon.devices()).some((one) => one.name === device.state.family.name && one.version === version),
  );
  return code;
}

export const localInstall: readonly KernelTest[] = [
  kernelTest('the fwupd daemon updates headset, speakerphone and dongle byte for byte, and sees each come back with its new version', async () => {
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002', version: '2.3.4' });
    const devices = [
      virtualDevice({ family: 'evolve2-75', updateProtocol: 7, version: '1.0.5', firmware }),
      virtualDevice({ family: 'speak2-75', updateProtocol: 16, version: '1.0.6', firmware }),
      virtualDevice({ family: 'link-380', updateProtocol: 7, version: '1.0.7', firmware, child }),
    ];
    const tool = new Fwupdtool();
    const attached = await attachAll(...devices);
    const daemon = await FwupdDaemon.start();
    const listed = async (): Promise<readonly string[]> => (await daemon.devices()).map(({ name, version: told }) => `${name} ${told}`).toSorted();
    try {
      const before = ['Jabra Evolve2 65 2.3.4', 'Jabra Evolve2 75 1.0.5', 'Jabra Link 380 1.0.7', 'Jabra Speak2 75 1.0.6'];
      assert.deepEqual(await listed(), before);
      const codes = [];
      for (const device of devices) codes.push(await install(daemon, tool, device));
      const after = ['Jabra Evolve2 65 2.3.4', ...['Jabra Evolve2 75', 'Jabra Link 380', 'Jabra Speak2 75'].map((name) => `${name} ${version}`)];
      assert.deepEqual(await listed(), after);
      for (const device of devices) attached.bus.unplug(device);
      await eventually('the daemon sees them go', async () => (await listed()).length === 0);
      return `local-install ended with ${codes.join(', ')}`;
    } finally {
      await daemon.stop();
      await attached.close();
      tool.close();
    }
  }),
];
