import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { deviceGuid } from '../../../fwupd/cabinet.ts';
import { eventually } from '../../../lab/waiting.ts';
import { attachAll, type Attached } from '../attached.ts';
import { kernelTest, type KernelTest } from '../kernel-test.ts';
import { devicesOfFwupd, fwupdtool } from './fwupdtool.ts';
import { packageFor } from './packages.ts';

/** `install-blob` reads the device again at once and fails where it is away then, which a daemon waits for: these go when it has ended. */
const firmware = { leaveMs: 600_000 };

async function install(device: VirtualDevice, { bus }: Attached): Promise<void> {
  const { zip, images, version } = packageFor(device, '1.2.3');
  await writeFile('/tmp/firmware.zip', zip);
  await fwupdtool(['install-blob', '/tmp/firmware.zip', deviceGuid(device.state.dfuProductId)]);
  device.restart(300);
  await eventually('it runs the new version', () => device.state.version === version && bus.isPlugged(device));
  assert.deepEqual(device.state.flash?.running, images);
}

export const installBlob: readonly KernelTest[] = [
  kernelTest('fwupdtool updates a headset by protocol 7 and a speakerphone by protocol 16 byte for byte', async () => {
    const devices = [
      virtualDevice({ family: 'evolve2-75', updateProtocol: 7, version: '1.0.5', firmware }),
      virtualDevice({ family: 'speak2-75', updateProtocol: 16, version: '1.0.6', firmware }),
    ];
    const attached = await attachAll(...devices);
    try {
      for (const device of devices) await install(device, attached);
      const updated = await eventually('fwupd sees both again', async () => {
        const listed = await devicesOfFwupd();
        return listed.length === devices.length && listed;
      });
      assert.deepEqual(updated.map(({ Name, Version }) => `${Name} ${Version}`).toSorted(), ['Jabra Evolve2 75 1.2.3', 'Jabra Speak2 75 1.2.3']);
    } finally {
      await attached.close();
    }
  }),
];
