import assert from 'node:assert/strict';
import { jabraVendorId } from '@jpd/protocol';
import { virtualDevice } from '@jpd/protocol/virtual';
import { eventually } from '../../lab/waiting.ts';
import { attachAll } from './attached.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { realHid } from './real-hid.ts';

/** Devices come and go: node-hid, usb, the kernel and udev, nothing of ours between them but the adapter. */
export const hotPlug: readonly KernelTest[] = [
  kernelTest('a headset that is plugged in is listed with its strings and its interface', async () => {
    const hid = realHid();
    const attached = await attachAll(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' }));
    try {
      const [info, ...others] = await eventually('it is listed', async () => {
        const listed = await hid.list(jabraVendorId);
        return listed.length > 0 && listed;
      });
      assert.deepEqual(
        others.map(({ path }) => path).filter((path) => path !== info?.path),
        [],
      );
      assert.deepEqual(
        [info?.bus, info?.vendorId, info?.productId, info?.product, info?.serial],
        ['usb', 0x0b0e, 0x24da, 'Jabra Evolve2 75', '70BF92000001'],
      );
    } finally {
      await attached.close();
      await hid.close();
    }
  }),

  kernelTest('plug and unplug are told as they happen', async () => {
    const hid = realHid();
    let changes = 0;
    hid.onChange(() => {
      changes += 1;
    });
    await hid.list(jabraVendorId);
    const device = virtualDevice({ family: 'speak2-75' });
    const attached = await attachAll(device);
    try {
      await eventually('the plug is told', () => changes > 0);
      await eventually('it is listed', async () => (await hid.list(jabraVendorId)).length > 0);
      const before = changes;
      attached.bus.unplug(device);
      await eventually('the unplug is told', () => changes > before);
      await eventually('it is gone', async () => (await hid.list(jabraVendorId)).length === 0);
    } finally {
      await attached.close();
      await hid.close();
    }
  }),
];
