import { DeviceError, type HidPathInfo, type HidPort } from '@jpd/protocol';
import { forRequests, reply, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, describe, expect, it } from 'vitest';
import { version } from './testing/behaviours.ts';
import { DeviceBench } from './testing/device-bench.ts';
import { joined, named, relisted } from './testing/ports.ts';

const evolve = '24da-70bf92000001';
const newEvolve = (): VirtualDevice => virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });

let bench: DeviceBench;
afterEach(async () => {
  await bench.stop();
  expect(bench.violations).toEqual([]);
  expect(bench.log.errors).toEqual([]);
  expect(bench.clock.pendingTimers).toBe(0);
});

/** Counts passes of enumeration. */
function counted(port: HidPort): HidPort & { readonly passes: () => number } {
  let passes = 0;
  return {
    ...port,
    passes: () => passes,
    list: (vendorId) => {
      passes += 1;
      return port.list(vendorId);
    },
  };
}

describe('discovery', () => {
  it('makes one pass at start, one at the beginning of a burst of plug events and one after it, and none in between', async () => {
    const { bus, clock } = new DeviceBench();
    const port = counted(bus.port());
    bench = new DeviceBench({ hid: port, clock });
    await bench.start();
    expect(port.passes()).toBe(1);
    await bench.advance(600_000);
    expect(port.passes()).toBe(1);
    bus.plug(newEvolve());
    await bench.advance(5);
    expect(port.passes()).toBe(2);
    expect(bench.ids('connected')).toEqual([evolve]);
    await bench.advance(95);
    bus.plug(virtualDevice({ family: 'speak-510', serial: '50C2ED000001' }));
    await bench.advance(149);
    expect(port.passes()).toBe(2);
    await bench.advance(1);
    expect(port.passes()).toBe(3);
    await bench.advance(600_000);
    expect(port.passes()).toBe(3);
    expect(bench.ids('connected')).toEqual(['0420-50c2ed000001', evolve]);
    expect(bench.eventTypes(evolve)).toEqual(['device.connected']);
  });

  it('looks for what comes back in the burst of its going as soon as it comes', async () => {
    const { bus, clock } = new DeviceBench();
    const port = counted(bus.port());
    bench = new DeviceBench({ hid: port, clock });
    const headset = newEvolve();
    bus.plug(headset);
    await bench.start();
    bus.unplug(headset);
    await bench.advance(20);
    expect(bench.ids('connected')).toEqual([]);
    expect(port.passes()).toBe(2);
    bus.plug(headset);
    await bench.advance(5);
    expect(bench.ids('connected')).toEqual([evolve]);
    expect(port.passes()).toBe(3);
    await bench.advance(600_000);
    expect(port.passes()).toBe(4);
    expect(bench.eventTypes(evolve)).toEqual(['device.connected', 'device.disconnected', 'device.connected']);
  });

  it('identifies what is plugged in at start before it starts anything else', async () => {
    bench = new DeviceBench();
    bench.plug({ family: 'evolve2-75', serial: '70BF92000001' });
    await bench.start();
    expect(bench.clock.monotonic()).toBe(0);
    expect(bench.document(evolve)).toMatchObject({
      electronicSerialNumber: '70BF92000001',
      model: { vendorId: 0x0b0e, productId: 0x24da, name: 'Jabra Evolve2 75', family: 'evolve2-75', formFactor: 'headset', dfuProductId: 0x24da },
      connection: { status: 'connected', transport: 'usb', parentDeviceId: null, lastSeenAt: '2026-01-05T09:00:00.000Z' },
      firmware: { version: '1.8.13', status: 'unmanaged' },
      battery: { level: 80, charging: false, low: false },
      settings: { desiredRevision: null, appliedRevision: null, state: 'in-sync', values: { sidetoneLevel: 0, ancMode: 'anc' } },
    });
    expect(bench.publications).toHaveLength(1);
    await bench.advance(3_600_000);
    expect(bench.publications).toHaveLength(1);
  });

  it('tells nothing of a device that was unplugged while it was identified, and everything when it comes back', async () => {
    bench = new DeviceBench();
    await bench.start();
    let isPulled = true;
    const headset = bench.plug({
      family: 'evolve2-75',
      serial: '70BF92000001',
      behaviours: [
        {
          name: 'pulled',
          onPacket: ({ subcommand }, context) => {
            if (subcommand === version[1] && isPulled) context.leave(null);
            return undefined;
          },
        },
      ],
    });
    await bench.advance(60_000);
    expect(bench.publications).toEqual([]);
    expect(bench.events).toEqual([]);
    isPulled = false;
    bench.bus.plug(headset);
    await bench.advance(150);
    expect(bench.ids('connected')).toEqual([evolve]);
  });

  it('sees a device that was unplugged and plugged into the same port faster than a pass', async () => {
    bench = new DeviceBench();
    const headset = bench.plug({ family: 'evolve2-75', serial: '70BF92000001' });
    await bench.start();
    await bench.advance(1000);
    bench.bus.unplug(headset);
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(bench.eventTypes(evolve)).toEqual(['device.connected', 'device.disconnected', 'device.connected']);
    expect(bench.document(evolve).connection).toMatchObject({ status: 'connected', lastSeenAt: '2026-01-05T09:00:01.005Z' });
  });

  it('keeps the id of a device that moves to another port', async () => {
    const left = new DeviceBench();
    const { clock } = left;
    const right = new DeviceBench({ clock });
    bench = new DeviceBench({ clock, hid: joined(named('left', left.bus.port()), named('right', right.bus.port())) });
    const headset = newEvolve();
    left.bus.plug(headset);
    await bench.start();
    left.bus.unplug(headset);
    await bench.advance(1000);
    right.bus.plug(headset);
    await bench.advance(1000);
    expect(bench.ids()).toEqual([evolve]);
    expect(bench.eventTypes(evolve)).toEqual(['device.connected', 'device.disconnected', 'device.connected']);
  });

  it('tries again to open a device until it can', async () => {
    const { clock, bus } = new DeviceBench();
    let refusals = 4;
    const port = bus.port();
    const shy: HidPort = {
      ...port,
      open: (info) => {
        refusals -= 1;
        return refusals >= 0 ? Promise.reject(new Error('no permission')) : port.open(info);
      },
    };
    bench = new DeviceBench({ clock, hid: shy });
    bus.plug(newEvolve());
    await bench.start();
    await bench.advance(250 + 1000 + 3000 + 9999);
    expect(bench.ids()).toEqual([]);
    await bench.advance(1);
    expect(bench.ids('connected')).toEqual([evolve]);
    expect(bench.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual(['a device could not be opened']);
  });

  it('goes on trying once a minute while another program keeps a device to itself', async () => {
    const { clock, bus } = new DeviceBench();
    let exclusive = true;
    const port = bus.port();
    bench = new DeviceBench({
      clock,
      hid: { ...port, open: (info) => (exclusive ? Promise.reject(new Error('in exclusive use')) : port.open(info)) },
    });
    bus.plug(newEvolve());
    await bench.start();
    await bench.advance(3_600_000);
    expect(bench.ids()).toEqual([]);
    exclusive = false;
    await bench.advance(60_000);
    expect(bench.ids('connected')).toEqual([evolve]);
  });

  it('takes a device up again whose path takes nothing, though nobody said that it failed', async () => {
    const { clock, bus } = new DeviceBench();
    let stalls = 2;
    const port = bus.port();
    const stalling: HidPort = {
      ...port,
      open: async (info) => {
        const channel = await port.open(info);
        return {
          descriptor: channel.descriptor,
          isVirtual: true,
          onReport: (listener) => channel.onReport(listener),
          onClosed: (listener) => channel.onClosed(listener),
          close: () => channel.close(),
          write: (report) => {
            stalls -= 1;
            return stalls >= 0 ? Promise.reject(new Error('stalled')) : channel.write(report);
          },
        };
      },
    };
    bench = new DeviceBench({ clock, hid: stalling });
    bus.plug(newEvolve());
    await bench.start();
    expect(bench.ids()).toEqual([]);
    await bench.advance(250 + 1000);
    expect(bench.ids('connected')).toEqual([evolve]);
  });

  it('looks again by itself where devices could not be listed', async () => {
    const { clock, bus } = new DeviceBench();
    let works = false;
    const port = bus.port();
    bench = new DeviceBench({ clock, hid: { ...port, list: (vendorId) => (works ? port.list(vendorId) : Promise.reject(new Error('no library'))) } });
    bus.plug(newEvolve());
    await bench.start();
    expect(bench.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    works = true;
    await bench.advance(60_000);
    expect(bench.ids('connected')).toEqual([evolve]);
  });

  it('does not let a device that cannot be closed keep it from the others', async () => {
    const { clock, bus } = new DeviceBench();
    const port = bus.port();
    const sticky: HidPort = {
      ...port,
      open: async (info) => {
        const channel = await port.open(info);
        return {
          descriptor: channel.descriptor,
          isVirtual: true,
          write: (report) => channel.write(report),
          onReport: (listener) => channel.onReport(listener),
          onClosed: (listener) => channel.onClosed(listener),
          close: () => Promise.reject(new DeviceError('disconnected', 'already gone')),
        };
      },
    };
    bench = new DeviceBench({ clock, hid: sticky });
    const headset = newEvolve();
    bus.plug(headset);
    await bench.start();
    bus.unplug(headset);
    bus.plug(virtualDevice({ family: 'speak-510', serial: '50C2ED000001' }));
    await bench.advance(200);
    expect(bench.ids('connected')).toEqual(['0420-50c2ed000001']);
    expect(bench.ids('disconnected')).toEqual([evolve]);
  });
});

describe('a device without a GNP report', () => {
  const withoutVendorPage = (info: HidPathInfo): HidPathInfo | null => (info.usagePage === 0xff00 ? null : info);

  it('is listed by what the system says of it, and never written to', async () => {
    const { clock, bus } = new DeviceBench();
    bench = new DeviceBench({ clock, hid: relisted(bus.port(), withoutVendorPage) });
    const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', paths: 'per-collection-undescribed' });
    bus.plug(headset);
    await bench.start();
    expect(bench.document(evolve)).toMatchObject({
      model: { name: 'Jabra Evolve2 75', family: 'evolve2-75', productId: 0x24da, dfuProductId: null },
      electronicSerialNumber: '70BF92000001',
      firmware: { status: 'unknown', version: null },
      battery: null,
      settings: { values: {} },
    });
    await bench.desire(evolve, 1, { sidetoneLevel: { value: 3, locked: true } });
    expect(bench.document(evolve).settings).toMatchObject({ state: 'failed', appliedRevision: 1, locked: [], errors: [{ code: 'not-supported' }] });
    await bench.advance(600_000);
    expect(headset.received).toEqual([]);
    bus.unplug(headset);
    await bench.advance(150);
    expect(bench.ids('disconnected')).toEqual([evolve]);
  });

  it('is taken up anew when the system lists its GNP path later', async () => {
    const { clock, bus } = new DeviceBench();
    let isComplete = false;
    const port = bus.port();
    let changed = (): void => undefined;
    const late: HidPort = {
      ...relisted(port, (info) => (isComplete ? info : withoutVendorPage(info))),
      onChange: (listener) => {
        changed = listener;
        return port.onChange(listener);
      },
    };
    bench = new DeviceBench({ clock, hid: late });
    const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', paths: 'per-collection' });
    bus.plug(headset);
    await bench.start();
    expect(bench.document(evolve).firmware.version).toBeNull();
    isComplete = true;
    changed();
    await bench.advance(150);
    expect(bench.document(evolve).firmware.version).toBe('1.8.13');
    expect(bench.document(evolve).connection.status).toBe('connected');
    // Further paths of a device that is being talked to change nothing.
    const said = headset.received.length;
    changed();
    await bench.advance(150);
    expect(headset.received).toHaveLength(said);
  });

  it('is not told of at the beginning of a burst, when its GNP path may just not be there yet', async () => {
    const { clock, bus } = new DeviceBench();
    let isComplete = false;
    bench = new DeviceBench({ clock, hid: relisted(bus.port(), (info) => (isComplete ? info : withoutVendorPage(info))) });
    await bench.start();
    bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', paths: 'per-collection' }));
    await bench.advance(149);
    expect(bench.publications).toEqual([]);
    isComplete = true;
    await bench.advance(1);
    expect(bench.document(evolve).firmware.version).toBe('1.8.13');
    expect(bench.eventTypes(evolve)).toEqual(['device.connected']);
  });

  it('is told of after the burst', async () => {
    const { clock, bus } = new DeviceBench();
    bench = new DeviceBench({ clock, hid: relisted(bus.port(), withoutVendorPage) });
    await bench.start();
    bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', paths: 'per-collection-undescribed' }));
    await bench.advance(149);
    expect(bench.publications).toEqual([]);
    await bench.advance(1);
    expect(bench.document(evolve).firmware.version).toBeNull();
  });

  it('is one with the path beside it that tells who it is', async () => {
    const { clock, bus } = new DeviceBench();
    const second = new DeviceBench({ clock });
    bus.plug(newEvolve());
    second.bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', paths: 'per-collection-undescribed' }));
    bench = new DeviceBench({ clock, hid: joined(named('mi_03', bus.port()), named('mi_05', relisted(second.bus.port(), withoutVendorPage))) });
    await bench.start();
    expect(bench.ids()).toEqual([evolve]);
    expect(bench.document(evolve).firmware.version).toBe('1.8.13');
    expect(bench.eventTypes(evolve)).toEqual(['device.connected']);
  });
});

describe('an unknown product', () => {
  it.each([
    ['headset', 'evolve2-75', 8],
    ['dongle', 'link-380', 1],
  ] as const)('is listed, identified through GNP at the address of a %s, and never written to', async (_, family, address) => {
    bench = new DeviceBench();
    const device = bench.plug({ family, serial: '70BF92000001', productId: 0x7abc, dfuProductId: 0x7abd });
    await bench.start();
    const id = '7abd-70bf92000001';
    expect(bench.document(id)).toMatchObject({
      model: { productId: 0x7abc, dfuProductId: 0x7abd, family: 'unknown' },
      firmware: { version: device.state.version },
      settings: { values: {} },
    });
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true }, autoPairing: { value: false, locked: true } });
    await bench.advance(600_000);
    expect(bench.document(id).settings.errors.map(({ code }) => code)).toEqual(['not-supported', 'not-supported']);
    expect(device.writes).toBe(0);
    expect(new Set(device.received.map(({ packet }) => packet?.destination))).toEqual(new Set(address === 1 ? [8, 1] : [8]));
  });

  it('is listed though what it answers first is garbage', async () => {
    bench = new DeviceBench();
    bench.plug({
      family: 'evolve2-75',
      serial: '70BF92000001',
      productId: 0x7abc,
      behaviours: [forRequests('short', 3, () => reply(Uint8Array.of(1)))],
    });
    await bench.start();
    expect(bench.ids('connected')).toEqual(['7abc-70bf92000001']);
  });
});
