import assert from 'node:assert/strict';
import { Address, type HidChannel, type HidPort, jabraVendorId, readIdentity, Session } from '@jpd/protocol';
import { faults, virtualDevice, type VirtualDevice } from '@jpd/protocol/virtual';
import { eventually } from '../../lab/waiting.ts';
import { machineClock } from '../../platform/machine-clock.ts';
import { attachAll } from './attached.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { realHid } from './real-hid.ts';

async function open(hid: HidPort, serial: string): Promise<HidChannel> {
  const info = await eventually(`${serial} is listed`, async () => (await hid.list(jabraVendorId)).find((one) => one.serial === serial));
  return hid.open(info);
}

async function withHeadset(work: (hid: HidPort, device: VirtualDevice) => Promise<void>): Promise<void> {
  const hid = realHid();
  const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
  const attached = await attachAll(device);
  try {
    await work(hid, device);
  } finally {
    await attached.close();
    await hid.close();
  }
}

/** Conversations through `/dev/hidraw`. */
export const sessions: readonly KernelTest[] = [
  kernelTest('a headset tells its name, serial and version through hidraw', () =>
    withHeadset(async (hid, device) => {
      const session = new Session(await open(hid, device.serial), machineClock);
      const identity = await readIdentity(session, Address.headsetViaUsb);
      assert.deepEqual([identity.name, identity.serial, identity.version], ['Jabra Evolve2 75', '70BF92000001', device.state.version]);
      await session.close();
    }),
  ),

  kernelTest('a headset that is pulled out in the middle of a request ends the request', () =>
    withHeadset(async (hid, device) => {
      const session = new Session(await open(hid, device.serial), machineClock);
      device.behave(faults.timeout(1));
      device.behave(faults.unplug(1));
      await assert.rejects(readIdentity(session, Address.headsetViaUsb), { name: 'DeviceError', code: 'disconnected' });
      await session.close();
    }),
  ),

  kernelTest('two programs on one headset get their own answers', () =>
    withHeadset(async (hid, device) => {
      const other = realHid();
      const sessionsOfBoth = [new Session(await open(hid, device.serial), machineClock), new Session(await open(other, device.serial), machineClock)];
      const names = await Promise.all(sessionsOfBoth.map((session) => readIdentity(session, Address.headsetViaUsb)));
      assert.deepEqual(
        names.map(({ serial, version }) => [serial, version]),
        [
          [device.serial, device.state.version],
          [device.serial, device.state.version],
        ],
      );
      for (const session of sessionsOfBoth) await session.close();
      await other.close();
    }),
  ),
];
