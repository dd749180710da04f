import { describe, expect, test } from 'vitest';
import { annotated } from '../../../bytes/testing/annotated.ts';
import { parseReportDescriptor } from '../../../hid/index.ts';
import type { HidPathInfo, HidPort } from '../../../session/hid-port.ts';
import { BufferedChannel } from '../../../session/buffered-channel.ts';
import { finishDfu } from '../../../virtual/finish-dfu.ts';
import { VirtualBus, VirtualClock, virtualDevice, type VirtualDevice, type VirtualDeviceOptions } from '../../../virtual/index.ts';
import { collectionsOf, descriptorOf, telephonyLayouts } from '../../../virtual/descriptors/index.ts';
import { families, findProduct, jabraVendorId } from '../../registry.ts';
import type { Product } from '../../types.ts';
import { type DetachOutcome, detachLimitMs, detachToBoot, encodeDetachReport, isDetachReport } from './index.ts';
import { takesDetachReport } from './find-report.ts';

const row = (productId: number): Product => {
  const found = findProduct(productId);
  if (!found) throw new RangeError(`there is no product ${productId.toString(16)}`);
  return found.product;
};

const detachable = families.flatMap(({ id, products }) =>
  products.flatMap((product) => (product.detach ? [{ id, product, detach: product.detach }] : [])),
);

describe('the report that restarts a Speak in its boot mode', () => {
  // fwupd plugins/jabra: 33 bytes, the first two are JabraMagic of its quirks.
  test.each([
    [0x0412, 0x0411, '02 01 00 01 85 07  magic 0201'],
    [0x0420, 0x0421, '02 01 00 01 85 07  magic 0201'],
    [0x2475, 0x0982, '05 08 00 01 85 07  magic 0508'],
    [0x2456, 0x0971, '05 08 00 01 85 07  magic 0508'],
  ])('of %i is as fwupd sends it, and %i comes back', (productId, bootProductId, bytes) => {
    const { detach } = row(productId);
    if (!detach) throw new TypeError('the row has no detach');
    const report = encodeDetachReport(detach);
    expect(report).toHaveLength(33);
    expect([...report.subarray(0, 6)]).toEqual([...annotated(bytes)]);
    expect(report.subarray(6).every((byte) => byte === 0)).toBe(true);
    expect(detach.bootProductId).toBe(bootProductId);
    expect(isDetachReport(report, detach)).toBe(true);
  });

  test('is no other report', () => {
    const detach = row(0x2475).detach ?? { reportId: 0, address: 0, bootProductId: 0 };
    for (const bytes of ['05 01 00 01 85 07  another address', '05 08 00 01 46 02  a read', '05 08 00 01  cut', '02 01 00 01 85 07  another id'])
      expect(isDetachReport(annotated(bytes), detach)).toBe(false);
  });

  test('is a row of four products, all with the vendor’s word, and their boot ids are rows too', () => {
    expect(detachable.map(({ product }) => product.productId)).toEqual([0x0412, 0x0420, 0x2475, 0x2456]);
    for (const { id, product, detach } of detachable) {
      expect(product.source).toBe('vendor');
      expect(findProduct(detach.bootProductId)?.family.id).toBe(id);
    }
  });
});

describe('a path takes the report', () => {
  const info = (usagePage: number | null): HidPathInfo => ({
    path: '1',
    bus: 'usb',
    vendorId: jabraVendorId,
    productId: 0x0420,
    product: null,
    serial: null,
    physicalPort: '1-1',
    usagePage,
    usage: null,
  });

  test('where its descriptor has it, in a vendor’s collection', () => {
    const speak510 = descriptorOf(collectionsOf('speakerphone', row(0x0420).detach));
    expect(parseReportDescriptor(speak510).reports.find(({ id, kind }) => id === 2 && kind === 'output')?.byteLength).toBe(33);
    expect(takesDetachReport(info(0x0b), speak510, 2)).toBe(true);
    expect(takesDetachReport(info(0xff00), descriptorOf(collectionsOf('speakerphone')), 5)).toBe(true);
  });

  test('not where report 2 is telephony’s lamps, is too short, or isn’t there', () => {
    const telephony = descriptorOf(collectionsOf('speakerphone'));
    expect(takesDetachReport(info(0xff00), telephony, 2)).toBe(false);
    expect(takesDetachReport(info(0xff00), telephony, 4)).toBe(false);
    expect(takesDetachReport(info(0xff00), descriptorOf(telephonyLayouts.speak510Report3), 2)).toBe(false);
    expect(takesDetachReport(info(0xff00), Uint8Array.of(0xff), 2)).toBe(false);
  });

  test('where it has no descriptor but a vendor’s page', () => {
    expect(takesDetachReport(info(0xff00), null, 2)).toBe(true);
    expect(takesDetachReport(info(0x0b), null, 2)).toBe(false);
    expect(takesDetachReport(info(null), null, 2)).toBe(false);
  });
});

interface Rig {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly device: VirtualDevice;
  readonly detach: (product?: Product) => Promise<DetachOutcome>;
}

function rig(options: VirtualDeviceOptions): Rig {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = virtualDevice(options);
  bus.plug(device);
  const target = { vendorId: jabraVendorId, serial: device.serial, physicalPort: 'virtual-1' };
  return {
    clock,
    bus,
    device,
    detach: (product = row(device.state.productId)) => clock.complete(detachToBoot({ port: bus, clock, device: target, product })),
  };
}

const models = ['speak-410', 'speak-510', 'speak-710', 'speak-810'];
const allPaths = ['one', 'per-collection', 'per-collection-undescribed'] as const;

describe('a Speak that is told to restart in its boot mode', () => {
  test.each(models.flatMap((family) => allPaths.map((paths) => [family, paths] as const)))('(%s, %s) leaves HID', async (family, paths) => {
    const { bus, device, detach } = rig({ family, paths });
    const bootProductId = row(device.state.productId).detach?.bootProductId;
    expect(await detach()).toEqual({ status: 'detached', seen: 'gone', bootProductId });
    expect(device.state.bootMode).toBe(true);
    expect(await bus.list(jabraVendorId)).toEqual([]);
    expect(device.received).toHaveLength(1);
  });

  test('comes back as it was by its power', async () => {
    const { bus, device, detach } = rig({ family: 'speak-510' });
    await detach();
    bus.plug(device);
    expect(device.state.bootMode).toBe(false);
    expect(device.state.version).toBe('2.32.8');
    expect(await bus.list(jabraVendorId)).toHaveLength(1);
  });

  test('comes back with another version after DFU, which somebody else does', async () => {
    const { bus, device, detach } = rig({ family: 'speak-710' });
    expect(() => {
      finishDfu(bus, device, '1.41.0');
    }).toThrow(expect.objectContaining({ code: 'not-supported' }));
    await detach();
    finishDfu(bus, device, '1.41.0');
    expect([device.state.version, device.state.bootMode, bus.isPlugged(device)]).toEqual(['1.41.0', false, true]);
  });

  test('can do it again, and is told once each time', async () => {
    const { bus, device, detach } = rig({ family: 'speak-410' });
    await detach();
    bus.plug(device);
    expect((await detach()).status).toBe('detached');
    expect(device.received).toHaveLength(2);
  });

  test('leaves nothing open and no timer behind', async () => {
    const { clock, detach } = rig({ family: 'speak-810' });
    await detach();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('nothing is sent', () => {
  const untouched = ({ device }: Rig): void => {
    expect([device.received.length, device.state.bootMode]).toEqual([0, false]);
  };

  test.each([
    ['whose magic is not known', 'speak-510', 0x0422],
    ['that only the public id list knows', 'speak-410', 0x0410],
    ['of another generation', 'speak2-75', 0x24ef],
  ])('to a product %s', async (_, family, productId) => {
    const made = rig({ family, productId });
    expect(await made.detach()).toEqual({ status: 'unsupported' });
    untouched(made);
  });

  test('for a row that hasn’t the vendor’s word', async () => {
    const made = rig({ family: 'speak-510' });
    expect(await made.detach({ ...row(0x0420), source: 'community' })).toEqual({ status: 'unsupported' });
    untouched(made);
  });

  test('where the device isn’t plugged', async () => {
    const made = rig({ family: 'speak-510' });
    made.bus.unplug(made.device);
    expect(await made.detach()).toEqual({ status: 'not-plugged' });
  });

  test('where another device is plugged', async () => {
    const made = rig({ family: 'speak-510' });
    const other = { vendorId: jabraVendorId, serial: 'ANOTHER', physicalPort: 'virtual-1' };
    expect(await detachToBoot({ port: made.bus, clock: made.clock, device: other, product: row(0x0420) })).toEqual({ status: 'not-plugged' });
    untouched(made);
  });

  test('where no path takes the report', async () => {
    const made = rig({ family: 'speak-510', productId: 0x0422 });
    const product = { ...row(0x0420), productId: 0x0422 };
    expect(await made.detach(product)).toEqual({ status: 'no-report' });
    untouched(made);
  });
});

/** A port of one real-looking path, which does what its test says. */
function port(write: () => Promise<void>): HidPort & { shown: HidPathInfo[]; readonly change: () => void } {
  const listeners = new Set<() => void>();
  const shown: HidPathInfo[] = [
    {
      path: '/dev/hidraw3',
      bus: 'usb',
      vendorId: jabraVendorId,
      productId: 0x0420,
      product: null,
      serial: null,
      physicalPort: '1-3',
      usagePage: null,
      usage: null,
    },
  ];
  const descriptor = descriptorOf(collectionsOf('speakerphone', row(0x0420).detach));
  return {
    shown,
    change: () => {
      for (const listener of listeners) listener();
    },
    list: async () => shown,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: async () => new BufferedChannel({ descriptor, write, close: async () => undefined }),
    close: async () => undefined,
  };
}

describe('a Speak on a real bus', () => {
  const device = { vendorId: jabraVendorId, serial: null, physicalPort: '1-3' };
  const start = (on: HidPort, clock: VirtualClock): Promise<DetachOutcome> => detachToBoot({ port: on, clock, device, product: row(0x0420) });

  test('that shows HID paths under its boot id is detached as well', async () => {
    const clock = new VirtualClock();
    const usb = port(async () => undefined);
    const outcome = start(usb, clock);
    await clock.settle();
    usb.shown[0] = { ...(usb.shown[0] ?? { ...device, path: '', bus: 'usb', product: null, usagePage: null, usage: null }), productId: 0x0421 };
    usb.change();
    expect(await clock.complete(outcome)).toEqual({ status: 'detached', seen: 'boot-id', bootProductId: 0x0421 });
  });

  test('that takes no notice is still there after 20 s', async () => {
    const clock = new VirtualClock();
    expect(
      await clock.complete(
        start(
          port(async () => undefined),
          clock,
        ),
      ),
    ).toEqual({ status: 'ignored', cause: null });
    expect(clock.monotonic()).toBe(detachLimitMs);
  });

  test('that leaves before it acknowledged was told all the same', async () => {
    const clock = new VirtualClock();
    const lost = new Error('EPIPE');
    const usb = port(() => Promise.reject(lost));
    const stayed = start(usb, clock);
    expect(await clock.complete(stayed)).toEqual({ status: 'ignored', cause: lost });
    const left = start(usb, clock);
    await clock.settle();
    usb.shown.length = 0;
    usb.change();
    expect(await clock.complete(left)).toMatchObject({ status: 'detached', seen: 'gone' });
  });
});
