import assert from 'node:assert/strict';
import { Address, type HidChannel, type HidPort, readIdentity, Session } from '@jpd/protocol';
import { faults, virtualDevice, type VirtualDevice } from '@jpd/protocol/virtual';
import { machineClock } from '../../platform/machine-clock.ts';
import { kernelTest, type KernelTest } from './kernel-test.ts';
import { realHid } from './real-hid.ts';
import { listed, withDevices } from './with-devices.ts';

const open = async (hid: HidPort, device: VirtualDevice): Promise<HidChannel> => hid.open(await listed(hid, device));

async function withHeadset(work: (hid: HidPort, device: VirtualDevice) => Promise<void>): Promise<void> {
  const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
  await withDevices([device], (hid) => work(hid, device));
}

/** Conversations through `/dev/hidraw`. */
export const sessions: readonly KernelTest[] = [
  kernelTest('a headset tells its name, serial and version through hidraw', () =>
    withHeadset(async (hid, device) => {
      const session = new Session(await open(hid, device), machineClock);
      const identity = await readIdentity(session, Address.headsetViaUsb);
      assert.deepEqual([identity.name, identity.serial, identity.version], ['Jabra Evolve2 75', '70BF92000001', device.state.version]);
      await session.close();
    }),
  ),

  kernelTest('a headset that is pulled out in the middle of a request ends the request', () =>
    withHeadset(async (hid, device) => {
      const session = new Session(await open(hid, device), machineClock);
      device.behave(faults.timeout(1));
      device.behave(faults.unplug(1));
      await assert.rejects(readIdentity(session, Address.headsetViaUsb), { name: 'DeviceError', code: 'disconnected' });
      await session.close();
    }),
  ),

  kernelTest('two programs on one headset get their own answers', () =>
    withHeadset(async (hid, device) => {
      const other = realHid();
      const sessionsOfBoth = [new Session(await open(hid, device), machineClock), new Session(await open(other, device), machineClock)];
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
