import { hidUpdateTarget, updateFirmware } from '@jpd/protocol';
import { readFirmwarePackage } from '@jpd/protocol/firmware';
import { VirtualBus, VirtualClock, type VirtualDevice, virtualDevice, type VirtualDeviceOptions } from '@jpd/protocol/virtual';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../lab/requirements.ts';
import { fwupdtool } from './fwupdtool.ts';
import { PluginJudge } from './plugin-judge.ts';
import { recordUpdate } from './recorded-update.ts';

const updateGroup = 0x0f;

/** A request as text without its number, which each side counts in its own way. */
function withoutNumber(report: Uint8Array): string {
  const copy = Buffer.from(report);
  copy[3] = 0;
  return copy.toString('hex');
}

const updateRequests = (reports: readonly Uint8Array[]): readonly string[] =>
  reports.filter((report) => report[5] === updateGroup).map(withoutNumber);

/** Updates a device through the library, and gives every report that it was sent. */
async function updateByLibrary(device: VirtualDevice, target: VirtualDevice, zip: Uint8Array): Promise<readonly Uint8Array[]> {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  bus.plug(device);
  const where = { vendorId: 0x0b0e, serial: device.serial, physicalPort: 'virtual-1' };
  const firmware = readFirmwarePackage(zip);
  const updating = updateFirmware({ target: hidUpdateTarget(bus.port(), clock, where, target.address), clock, firmware, digest: 'test' });
  expect(await clock.complete(updating)).toMatchObject({ status: 'updated', version: firmware.version });
  await bus.close();
  return target.received.map(({ report }) => report);
}

describeWith(fwupdtool, 'an update by this library', () => {
  let judge: PluginJudge;
  beforeAll(() => {
    judge = new PluginJudge();
  });
  afterAll(() => {
    judge.close();
  });

  it.each<readonly [string, VirtualDeviceOptions, boolean]>([
    ['of a headset under protocol 7', { family: 'evolve2-75', productId: 0x24da, updateProtocol: 7 }, false],
    ['of a headset under protocol 16', { family: 'evolve2-75', productId: 0x24da, updateProtocol: 16 }, false],
    ['of a dongle', { family: 'link-380', productId: 0x24c8 }, false],
    ['of a headset behind a dongle', { family: 'link-380', productId: 0x24c8 }, true],
  ])('%s sends what the vendor’s plug-in sends, in its order', async (_, options, ofChild) => {
    const make = (): VirtualDevice =>
      virtualDevice({ ...options, version: '1.2.3', ...(ofChild ? { child: virtualDevice({ family: 'evolve2-65', version: '2.3.4' }) } : {}) });
    const recorded = await recordUpdate(make(), { ofChild });
    // The plug-in finds every request that it makes in the record, and so the record holds the plug-in's requests.
    expect((await judge.judge(recorded)).status).toBe(0);
    const vendors = recorded.phases.install.filter(({ direction }) => direction === 'out').map(({ report }) => report);
    const device = make();
    const ours = await updateByLibrary(device, ofChild ? (device.child ?? device) : device, recorded.zip);
    expect(updateRequests(vendors).length).toBeGreaterThan(30);
    expect(updateRequests(ours)).toEqual(updateRequests(vendors));
  });
});
