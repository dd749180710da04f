import assert from 'node:assert/strict';
import { jabraVendorId } from '@jpd/protocol';
import { virtualDevice } from '@jpd/protocol/virtual';
import { eventually } from '../../lab/waiting.ts';
import { attachAll } from './attached.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { realHid } from './real-hid.ts';

const telephonyReport = 2;

/** Telephony reports through the kernel's own driver for Jabra. */
export const calls: readonly KernelTest[] = [
  kernelTest('a hook press comes through the kernel’s Jabra driver, and the hook lamp goes back through it', async () => {
    const hid = realHid();
    const device = virtualDevice({ family: 'evolve2-75' });
    const attached = await attachAll(device);
    try {
      const info = await eventually('it is listed', async () => (await hid.list(jabraVendorId))[0]);
      const channel = await hid.open(info);
      const reports: Uint8Array[] = [];
      channel.onReport((report) => {
        if (report[0] === telephonyReport) reports.push(report);
      });
      device.press('hook');
      const [press] = await eventually('the press arrives', () => reports.length > 0 && reports);
      assert.equal(press?.[1], 0x01);
      await channel.write(Uint8Array.of(telephonyReport, 0x01, 0x00));
      await eventually('the headset shows the call', () => device.calls.offHook);
      await channel.close();
    } finally {
      await attached.close();
      await hid.close();
    }
  }),
];
