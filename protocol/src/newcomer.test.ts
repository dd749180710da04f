import { expect, test } from 'vitest';
import {
  Address,
  CallControl,
  CallLock,
  findProduct,
  GnpDevice,
  hidUpdateTarget,
  type HidPathInfo,
  jabraVendorId,
  readIdentity,
  Session,
  updateFirmware,
} from './index.ts';
import { buildFirmwarePackage, readFirmwarePackage } from './firmware/index.ts';
import { VirtualBus, VirtualClock, virtualDevice } from './virtual/index.ts';

test('a program that was written from the README alone lists a headset, reads its battery, answers a call on it and updates its firmware', async () => {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', version: '1.8.13' });
  bus.plug(headset);

  const plugged = async (): Promise<HidPathInfo> => {
    const [info] = await bus.list(jabraVendorId);
    if (!info) throw new Error('no device is plugged in');
    return info;
  };
  async function withDevice<T>(work: (device: GnpDevice, session: Session) => Promise<T>): Promise<T> {
    const info = await plugged();
    const session = new Session(await bus.open(info), clock);
    try {
      const family = findProduct(info.productId)?.family ?? null;
      return await work(new GnpDevice(session, family?.address ?? Address.headsetViaUsb, family, []), session);
    } finally {
      await session.close();
    }
  }

  const identity = await withDevice((device, session) => readIdentity(session, device.address));
  expect(identity).toMatchObject({ name: 'Jabra Evolve2 75', serial: '70BF92000001', version: '1.8.13' });
  expect(await withDevice((device) => device.battery())).toEqual({ level: 80, charging: false, low: false });

  const info = await plugged();
  const paths = [{ info, channel: await bus.open(info) }];
  const lease = await new CallLock().acquire(info.physicalPort);
  if (!lease) throw new Error('another program owns the calls of this headset');
  const calls = await CallControl.open({ paths, clock, lease });
  const told: string[] = [];
  calls.onStatus(({ state }) => told.push(state));
  calls.onRequest((request) => {
    told.push(`wish: ${request.kind}`);
    if (request.kind === 'answer') void calls.answer();
  });
  await calls.ring();
  headset.press('hook');
  await clock.advance(1000);
  expect(headset.calls.offHook).toBe(true);
  await calls.hangUp();
  await clock.advance(1000);
  expect([headset.calls.offHook, told]).toEqual([false, ['ringing', 'wish: answer', 'active', 'idle']]);
  await calls.close();
  await lease.release();

  const zip = buildFirmwarePackage({
    productName: 'Jabra Evolve2 75',
    version: '2.0.0',
    dfuProductIds: [0x24da],
    images: [{ partition: 1, content: Uint8Array.from({ length: 5000 }, (_, index) => (index * 7) & 0xff) }],
  });
  const target = hidUpdateTarget(bus, clock, await plugged(), Address.headsetViaUsb);
  const outcome = await clock.complete(updateFirmware({ target, clock, firmware: readFirmwarePackage(zip), digest: 'of this package' }));
  expect(outcome).toMatchObject({ status: 'updated', from: '1.8.13', version: '2.0.0' });
  expect((await withDevice((device, session) => readIdentity(session, device.address))).version).toBe('2.0.0');
  await bus.close();
});
