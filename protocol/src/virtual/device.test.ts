import { describe, expect, test } from 'vitest';
import { DeviceSettings, readIdentity } from '../device/index.ts';
import { findFamily } from '../families/index.ts';
import { Session } from '../session/index.ts';
import { VirtualBus } from './bus.ts';
import { VirtualClock } from './clock.ts';
import { virtualDevice, type VirtualDeviceOptions } from './create.ts';

async function plugged(options: VirtualDeviceOptions) {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = virtualDevice(options);
  bus.plug(device);
  const [info] = await bus.list(0x0b0e);
  if (!info) throw new Error('nothing is plugged');
  const channel = await bus.open(info);
  const reports: string[] = [];
  channel.onReport((report) => reports.push(hex(report)));
  const session = new Session(channel, clock);
  const settings = new DeviceSettings(session, device.address, device.state.wires, device.state.family.settings);
  const exchange = async (request: string): Promise<string[]> => {
    reports.length = 0;
    await channel.write(bytesOf(request));
    await clock.settle();
    return [...reports];
  };
  return { clock, bus, device, info, channel, session, settings, exchange, reports };
}

/** Without the padding. */
const hex = (report: Uint8Array): string =>
  Buffer.from(report)
    .toString('hex')
    .replace(/(00)+$/, '')
    .replaceAll(/../g, '$& ')
    .trim()
    .toUpperCase();
const bytesOf = (text: string): Uint8Array => {
  const report = new Uint8Array(64);
  report.set(Buffer.from(text.replaceAll(' ', ''), 'hex'));
  return report;
};

describe('a virtual PanaCast 50 answers as the recorded one', () => {
  test('with its name', async () => {
    const { exchange } = await plugged({ family: 'panacast-50' });
    expect(await exchange('05 01 00 00 46 02 00')).toEqual(['05 00 01 00 D8 02 00 11 4A 61 62 72 61 20 50 61 6E 61 43 61 73 74 20 35 30']);
  });

  test('with its version', async () => {
    const { exchange } = await plugged({ family: 'panacast-50' });
    expect(await exchange('05 01 00 01 46 02 03')).toEqual(['05 00 01 01 CC 02 03 05 38 2E 30 2E 37']);
  });

  test('with its DFU product id', async () => {
    const { exchange } = await plugged({ family: 'panacast-50' });
    expect(await exchange('05 01 00 02 46 02 13')).toEqual(['05 00 01 02 C8 02 13 10 30']);
  });
});

describe('the library reads from a virtual device', () => {
  test('who it is', async () => {
    const { session, device } = await plugged({ family: 'evolve2-75', serial: '70BF92000001' });
    expect(await readIdentity(session, device.address)).toEqual({
      name: 'Jabra Evolve2 75',
      serial: '70BF92000001',
      version: '1.8.13',
      dfuProductId: 0x24da,
      updateProtocol: 7,
      complete: true,
    });
  });

  test('every setting of its family', async () => {
    const { settings, device } = await plugged({ family: 'evolve2-75' });
    const { values, problems } = await settings.read();
    expect(problems.size).toBe(0);
    expect(values).toEqual(Object.fromEntries(device.state.settings));
    expect(Object.keys(values).length).toBe(findFamily('evolve2-75')?.settings.length);
  });
});
