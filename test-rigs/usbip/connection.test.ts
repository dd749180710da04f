import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Session, type HidChannel, Address, readIdentity } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { Exports } from './exports.ts';
import { type Answer, TestHost } from './testing/host.ts';

const serial = '70BF92000001';

function lab(families: readonly string[] = ['evolve2-75']) {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const devices = families.map((family, index) => virtualDevice({ family, ...(index === 0 ? { serial } : {}) }));
  for (const device of devices) bus.plug(device);
  const exports = new Exports(bus);
  return { clock, bus, devices, exports, host: () => new TestHost(exports, clock) };
}

async function imported(families?: readonly string[]) {
  const all = lab(families);
  const host = all.host();
  host.import('1-1');
  await all.clock.settle();
  expect(Buffer.from(host.take(8) ?? []).toString('hex')).toBe('0111000300000000');
  expect(host.take(312)).not.toBeNull();
  const ask = async (transfer: Parameters<TestHost['submit']>[0]): Promise<Answer | null> => {
    host.submit(transfer);
    await all.clock.settle();
    return host.answer();
  };
  return { ...all, one: host, ask };
}

const bare = (hex: string): string => hex.replaceAll(' ', '');
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

describe('a host that lists', () => {
  test('is told every device that is plugged, with its interfaces', () => {
    const { host } = lab(['evolve2-75', 'link-380']);
    const one = host();
    one.say('0111 8005 00000000');
    expect(text(one.take(12) ?? undefined)).toBe('011100050000000000000002');
    const record = one.take(312 + 4 * 4);
    // After path and bus id: bus 1, device 1, full speed, 0B0E:24DA, 1.08, class by interface, configuration 1 of 1, four interfaces.
    expect(text(record?.subarray(288))).toBe(bare('00000001 00000001 00000002 0b0e24da0108 000000010104 01010000 01020000 01020000 03000000'));
    expect(
      Buffer.from(record?.subarray(256, 288) ?? [])
        .toString('latin1')
        .replaceAll('\0', ''),
    ).toBe('1-1');
    expect(Buffer.from(one.take(312 + 16)?.subarray(256, 259) ?? []).toString('latin1')).toBe('1-2');
    expect(one.take(1)).toBeNull();
  });

  test('isn’t told what is pulled out, and bus ids stay', () => {
    const { host, bus, devices } = lab(['evolve2-75', 'link-380']);
    if (devices[0]) bus.unplug(devices[0]);
    const one = host();
    one.say('0111 8005 00000000');
    expect(text(one.take(12)?.subarray(8))).toBe('00000001');
    expect(Buffer.from(one.take(312)?.subarray(256, 259) ?? []).toString('latin1')).toBe('1-2');
  });

  test('is hung up on where it speaks something else', () => {
    for (const bytes of ['0100 8005 00000000', '0111 8004 00000000', '474554202f20485454502f312e31']) {
      const one = lab().host();
      one.say(bytes);
      expect(one.ended).toBe(true);
    }
  });
});

describe('a host that imports', () => {
  test('gets nothing that isn’t there, or isn’t plugged, or is another’s', async () => {
    const { host, bus, devices, clock } = lab(['evolve2-75', 'link-380']);
    if (devices[1]) bus.unplug(devices[1]);
    host().import('1-1');
    const statuses: string[] = [];
    for (const busId of ['1-3', '1-2', '1-1', '']) {
      const one = host();
      one.import(busId);
      await clock.settle();
      statuses.push(text(one.take(8) ?? undefined));
      expect([one.ended, one.take(1)]).toEqual([true, null]);
    }
    expect(statuses).toEqual(['0111000300000004', '0111000300000001', '0111000300000002', '0111000300000004']);
  });

  test('gives a device back when it goes, also in the middle of the import', async () => {
    const { host, clock, exports } = lab();
    const first = host();
    first.import('1-1');
    await first.connection.close();
    await clock.settle();
    expect(exports.list()).toHaveLength(1);
    const second = host();
    second.import('1-1');
    await clock.settle();
    expect(exports.list()).toHaveLength(0);
    await second.connection.close();
    expect(exports.list()).toHaveLength(1);
  });

  test('reads the descriptors, cut to what it asks for', async () => {
    const { ask } = await imported();
    const device = await ask({ endpoint: 0, way: 'in', length: 64, setup: '80 06 00 01 00 00 12 00' });
    expect([device?.status, text(device?.data)]).toEqual([0, '12010002000000400e0bda24080101020301']);
    expect((await ask({ endpoint: 0, way: 'in', length: 9, setup: '80 06 00 02 00 00 09 00' }))?.data.length).toBe(9);
    const product = await ask({ endpoint: 0, way: 'in', length: 255, setup: '80 06 02 03 09 04 ff 00' });
    expect(Buffer.from(product?.data.subarray(2) ?? []).toString('utf16le')).toBe('Jabra Evolve2 75');
    const report = await ask({ endpoint: 0, way: 'in', length: 4096, setup: '81 06 00 22 03 00 00 10' });
    expect(text(report?.data.subarray(0, 6))).toBe('050b0905a101');
  });

  test('is refused with a stall what the device doesn’t know', async () => {
    const { ask } = await imported();
    const stalled = [
      '80 06 00 06 00 00 0a 00', // device qualifier: full speed only
      '80 06 09 03 09 04 ff 00', // a ninth string
      '81 06 00 22 01 00 00 10', // a report descriptor of an audio interface
      '00 09 02 00 00 00 00 00', // configuration 2
      '01 0b 01 00 03 00 00 00', // a second alternate of HID
      'a1 01 04 03 03 00 40 00', // a feature report
      'c0 01 00 00 00 00 01 00', // a vendor request
    ];
    for (const setup of stalled) expect([setup, (await ask({ endpoint: 0, way: 'in', length: 64, setup }))?.status]).toEqual([setup, -32]);
    expect((await ask({ endpoint: 5, way: 'in', length: 64 }))?.status).toBe(-32);
  });

  test('sets it up as an operating system does', async () => {
    const { ask } = await imported();
    const set = async (setup: string) => (await ask({ endpoint: 0, way: 'out', setup }))?.status;
    const get = async (setup: string) => text((await ask({ endpoint: 0, way: 'in', length: 8, setup }))?.data);
    expect(await get('80 08 00 00 00 00 01 00')).toBe('00');
    expect(await set('00 09 01 00 00 00 00 00')).toBe(0);
    expect(await get('80 08 00 00 00 00 01 00')).toBe('01');
    expect(await set('01 0b 01 00 01 00 00 00')).toBe(0);
    expect(await get('81 0a 00 00 01 00 01 00')).toBe('01');
    expect(await set('21 0a 00 00 03 00 00 00')).toBe(0);
    expect(await get('80 00 00 00 00 00 02 00')).toBe('0000');
    // Current, lowest and highest volume, and its step.
    expect([await get('a1 81 00 02 00 02 02 00'), await get('a1 82 00 02 00 02 02 00'), await get('a1 84 00 02 00 02 02 00')]).toEqual([
      '00f6',
      '00e0',
      '0001',
    ]);
    expect(await get('a1 81 00 01 00 02 01 00')).toBe('00');
  });

  test('speaks with it as over any other path', async () => {
    const { one, ask, clock } = await imported();
    const channel = channelOf(one, ask);
    const session = new Session(channel, clock);
    const identity = await readIdentity(session, Address.headsetViaUsb);
    expect(identity).toMatchObject({ name: 'Jabra Evolve2 75', serial, version: '1.8.13' });
  });

  test('gets reports in their order, also those that came before it asked', async () => {
    const { one, devices, clock } = await imported();
    devices[0]?.setBattery(70, false);
    devices[0]?.setBattery(60, true);
    await clock.settle();
    const first = one.submit({ endpoint: 1, way: 'in', length: 64 });
    const second = one.submit({ endpoint: 1, way: 'in', length: 64 });
    const third = one.submit({ endpoint: 1, way: 'in', length: 64 });
    expect([one.answer(), one.answer()].map((answer) => [answer?.sequence, answer?.data[8]])).toEqual([
      [first, 70],
      [second, 60],
    ]);
    expect(one.answer()).toBeNull();
    devices[0]?.setBattery(50, true);
    await clock.settle();
    expect([third, 50]).toEqual([third, one.answer()?.data[8]]);
  });

  test('can take a transfer back, and the report goes to the next one', async () => {
    const { one, devices, clock } = await imported();
    const first = one.submit({ endpoint: 1, way: 'in', length: 64 });
    const second = one.submit({ endpoint: 1, way: 'in', length: 64 });
    const unlink = one.unlink(first);
    expect(one.answer()).toMatchObject({ sequence: unlink, status: -104 });
    devices[0]?.setBattery(50, true);
    await clock.settle();
    expect(one.answer()?.sequence).toBe(second);
    const late = one.unlink(second);
    expect(one.answer()).toMatchObject({ sequence: late, status: 0 });
  });

  test('hears silence and speaks into it, at the pace of sound', async () => {
    const { one, clock } = await imported();
    const heard = one.submit({ endpoint: 3, way: 'in', packets: [100, 100, 50] });
    const spoken = one.submit({ endpoint: 1, way: 'out', data: new Uint8Array(384), packets: [192, 192] });
    const next = one.submit({ endpoint: 3, way: 'in', packets: [100] });
    await clock.advance(1);
    expect(one.answer()).toBeNull();
    await clock.advance(1);
    expect(one.answer()).toMatchObject({ sequence: spoken, status: 0, packets: [{ actualLength: 192 }, { actualLength: 192, offset: 192 }] });
    await clock.advance(1);
    const answer = one.answer();
    expect(answer).toMatchObject({ sequence: heard, packets: [{ actualLength: 96 }, { actualLength: 96 }, { actualLength: 50 }] });
    expect(answer?.data.length).toBe(96 + 96 + 50);
    await clock.advance(1);
    expect(one.answer()?.sequence).toBe(next);
  });

  test('loses it where it is pulled out', async () => {
    const { one, bus, devices, exports, clock } = await imported();
    if (devices[0]) bus.unplug(devices[0]);
    await clock.settle();
    expect(one.ended).toBe(true);
    await one.connection.close();
    if (devices[0]) bus.plug(devices[0]);
    await clock.settle();
    expect(exports.list()).toHaveLength(1);
  });

  test('is hung up on where its transfers are none', async () => {
    for (const [command, length, packets] of [
      [9, 0, 0],
      [1, 1 << 21, 0],
      [1, 0, 5000],
    ] as const) {
      const { one } = await imported();
      const head = Buffer.alloc(48);
      head.writeUInt32BE(command, 0);
      head.writeUInt32BE(length, 24);
      head.writeUInt32BE(packets, 32);
      one.connection.receive(head);
      expect(one.ended).toBe(true);
    }
  });
});

test('a stream says the same however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 }), async (cuts) => {
      const { clock, host } = lab();
      const one = host();
      const importing = Buffer.concat([Buffer.from('0111800300000000', 'hex'), Buffer.from('1-1'.padEnd(32, '\0'), 'latin1')]);
      const head = Buffer.alloc(48);
      head.writeUInt32BE(1, 0);
      head.writeUInt32BE(7, 4);
      head.writeUInt32BE(1, 12);
      head.writeUInt32BE(18, 24);
      Buffer.from('8006000100001200', 'hex').copy(head, 40);
      const stream = Buffer.concat([importing, head, head]);
      let offset = 0;
      for (let index = 0; offset < stream.length; index += 1) {
        const length = cuts[index % cuts.length] ?? 1;
        one.connection.receive(stream.subarray(offset, offset + length));
        offset += length;
        if (index % 3 === 0) await clock.settle();
      }
      await clock.settle();
      expect(one.take(8 + 312)).not.toBeNull();
      expect([one.take(48 + 18)?.length, one.take(48 + 18)?.length, one.ended]).toEqual([66, 66, false]);
    }),
    { numRuns: 60 },
  );
});

test('any bytes end at most their own connection', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.uint8Array({ maxLength: 400 }), async (isImported, bytes) => {
      const { clock, host, exports } = lab();
      const one = host();
      if (isImported) one.import('1-1');
      await clock.settle();
      one.connection.receive(bytes);
      await clock.settle();
      await one.connection.close();
      expect(exports.list()).toHaveLength(1);
    }),
    { numRuns: 200 },
  );
});

/** A HID path as a host's driver makes it of transfers: reports leave by SET_REPORT and are fetched from endpoint 1. */
function channelOf(host: TestHost, ask: (transfer: Parameters<TestHost['submit']>[0]) => Promise<Answer | null>): HidChannel {
  const listeners = new Set<(report: Uint8Array) => void>();
  return {
    descriptor: null,
    isVirtual: true,
    write: async (report) => {
      expect((await ask({ endpoint: 0, way: 'out', data: report, setup: '21 09 05 02 03 00 40 00' }))?.status).toBe(0);
      const answer = await ask({ endpoint: 1, way: 'in', length: 64 });
      if (answer) for (const listener of listeners) listener(answer.data);
    },
    onReport: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClosed: () => () => undefined,
    close: () => host.connection.close(),
  };
}
