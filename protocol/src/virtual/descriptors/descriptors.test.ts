import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findGnpReport, parseReportDescriptor, selectGnpPath } from '../../hid/index.ts';
import type { FormFactor } from '../../families/index.ts';
import { VirtualBus } from '../bus.ts';
import { VirtualClock } from '../clock.ts';
import { virtualDevice } from '../create.ts';
import { bench } from '../testing/bench.ts';
import { collectionsOf, descriptorOf } from './index.ts';

const formFactors: readonly FormFactor[] = ['headset', 'speakerphone', 'dongle', 'base', 'video-bar', 'controller'];

describe('the report descriptors of virtual devices', () => {
  test('of a video bar is the recorded PanaCast 50’s, byte for byte', () => {
    const recording = new URL('../../../../../shared/data/panacast-50-setup.fwupd.json', import.meta.url);
    const setup = JSON.parse(readFileSync(recording, 'utf8')) as { UsbDevices: { UsbHidDescriptors: string[] }[] };
    const recorded = Buffer.from(setup.UsbDevices[0]?.UsbHidDescriptors[0] ?? '', 'base64');
    expect(Buffer.from(descriptorOf(collectionsOf('video-bar'))).toString('hex')).toBe(recorded.toString('hex'));
  });

  test.each(formFactors)('of a %s parse as a whole and each collection alone, with GNP in the vendor’s', (formFactor) => {
    const collections = collectionsOf(formFactor);
    const whole = parseReportDescriptor(descriptorOf(collections));
    expect(findGnpReport(whole)).toMatchObject({ inputBytes: 64, outputBytes: 64 });
    const alone = collections.map(({ bytes }) => parseReportDescriptor(bytes));
    expect(alone.flatMap(({ collections: own }) => own)).toEqual(whole.collections);
    expect(alone.flatMap(({ reports }) => reports)).toEqual(whole.reports);
    expect(collections.map(({ reportIds }) => [...reportIds].toSorted((a, b) => a - b))).toEqual(
      alone.map(({ reports }) => [...new Set(reports.map(({ id }) => id))].toSorted((a, b) => a - b)),
    );
  });

  test('have nine consumer controls in three bytes on a Link 380', () => {
    const consumer = parseReportDescriptor(descriptorOf(collectionsOf('dongle'))).reports.find(({ id }) => id === 1);
    expect(consumer?.byteLength).toBe(3);
    expect(consumer?.fields[0]?.usages.map(({ minimum }) => minimum.toString(16)).join(' ')).toBe('ea e9 e2 cd b7 b5 b6 b3 b4');
  });
});

describe('a device that shows a path of each collection', () => {
  test.each(['per-collection', 'per-collection-undescribed'] as const)('(%s) is found by the path that carries GNP', async (paths) => {
    const bus = new VirtualBus(new VirtualClock());
    bus.plug(virtualDevice({ family: 'link-380', paths }));
    const infos = await bus.list(0x0b0e);
    expect(infos.map(({ path }) => path)).toEqual(['virtual-1/1&Col01', 'virtual-1/1&Col02', 'virtual-1/1&Col03']);
    const opened = await Promise.all(
      infos.map(async (info) => {
        const channel = await bus.open(info);
        return { info, channel, descriptor: channel.descriptor };
      }),
    );
    expect(opened.map(({ descriptor }) => descriptor !== null)).toEqual(infos.map(() => paths === 'per-collection'));
    expect(selectGnpPath(opened)?.info.path).toBe('virtual-1/1&Col02');
  });

  test('gives each path its own reports only, both ways', async () => {
    const { bus, device, channel, reports, exchange } = await bench({ family: 'evolve2-75', paths: 'per-collection' });
    device.setBattery(10, false);
    device.press('hook');
    device.press('volume-up');
    await bus.list(0x0b0e);
    expect(reports.map((report) => report[0])).toEqual([2]);
    await expect(exchange('05 08 00 00 46 02 00')).rejects.toMatchObject({ code: 'invalid' });
    await channel.write(Uint8Array.of(2, 1, 0));
    expect(device.calls.offHook).toBe(true);
  });
});
