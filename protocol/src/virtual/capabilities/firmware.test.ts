import { describe, expect, test } from 'vitest';
import { firmwareCrc } from '../../images/index.ts';
import { virtualDevice, type VirtualDeviceOptions } from '../create.ts';
import { bench } from '../testing/bench.ts';

const hex = (bytes: Iterable<number>): string => [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
const u16 = (value: number): string => hex([value & 0xff, value >> 8]);
const u32 = (value: number): string => `${u16(value & 0xffff)} ${u16(value >>> 16)}`;

/** 00 01 has the check number 248EF9BE, computed by hand in images/crc.test.ts. */
const small = Uint8Array.of(0x00, 0x01);
/** Twelve blocks: 0, 10 and 11 are acknowledged. */
const long = Uint8Array.from({ length: 11 * 52 + 3 }, (_, index) => (index * 7) & 0xff);

const block = (number: number, data: Uint8Array, address = '08'): string =>
  `05 ${address} 00 00 ${hex([10 + data.length])} 0F 1A ${u16(number)} ${u16(data.length)} ${hex(data)}`;
const blocksOf = (image: Uint8Array): string[] =>
  Array.from({ length: Math.ceil(image.length / 52) }, (_, number) => block(number, image.subarray(number * 52, number * 52 + 52)));

const ack = (sequence: string): string => `05 00 08 ${sequence} C5 FF`;
const refused = (sequence: string): string => `05 00 08 ${sequence} C6 FE F0`;
const acknowledged = (number: number): string => `05 00 08 00 08 0F 1B ${u16(number)}`;
const erased = '05 00 08 00 06 0F 18';
const verified = '05 00 08 00 06 0F 1C';

async function opened(options: Partial<VirtualDeviceOptions> = {}) {
  const on = await bench({ family: 'evolve2-75', serial: 'HEAD', version: '1.0.5', ...options });
  const after = async (milliseconds: number): Promise<string[]> => {
    await on.clock.advance(milliseconds);
    return on.heard();
  };
  const begin = async (partition: string): Promise<void> => {
    await on.exchange(`05 08 00 00 87 0F 2D ${partition}`, '05 08 00 01 86 0F 17');
    await after(200);
  };
  const announce = (image: Uint8Array): Promise<string[]> =>
    on.exchange(`05 08 00 02 8E 0F 19 ${u32(firmwareCrc(image))} ${u16(Math.ceil(image.length / 52))} 0A 00`);
  const store = async (partition: string, image: Uint8Array): Promise<string[]> => {
    await begin(partition);
    await announce(image);
    await on.exchange(...blocksOf(image));
    return after(20);
  };
  const { state } = on.device;
  return { ...on, state, after, begin, announce, store };
}

describe('an update in bytes', () => {
  test('under protocol 7: one partition of one block', async () => {
    const { device, bus, exchange, after, clock } = await opened();
    expect(await exchange('05 08 00 00 46 02 14')).toEqual(['05 00 08 00 C7 02 14 07']);
    expect(await exchange('05 08 00 01 87 0F 2D 01')).toEqual(['05 00 08 01 C5 FF']);
    expect(await exchange('05 08 00 02 86 0F 17')).toEqual(['05 00 08 02 C5 FF']);
    expect(await after(199)).toEqual([]);
    expect(await after(1)).toEqual(['05 00 08 00 06 0F 18']);
    expect(await exchange('05 08 00 03 8E 0F 19 BE F9 8E 24 01 00 0A 00')).toEqual(['05 00 08 03 C5 FF']);
    expect(await exchange('05 08 00 00 0C 0F 1A 00 00 02 00 00 01')).toEqual([]);
    expect(await after(1)).toEqual(['05 00 08 00 08 0F 1B 00 00']);
    expect(await after(10)).toEqual(['05 00 08 00 06 0F 1C']);
    expect(await exchange('05 08 00 04 89 0F 1E 01 0B 07')).toEqual(['05 00 08 04 C5 FF']);
    const [before] = await bus.list(0x0b0e);
    expect(await exchange('05 08 00 05 86 0F 1D')).toEqual(['05 00 08 05 C5 FF']);
    // It still runs what it ran.
    expect(device.state.version).toBe('1.0.5');
    await clock.advance(20);
    expect(bus.isPlugged(device)).toBe(false);
    await clock.advance(500);
    expect(device.state.version).toBe('1.11.7');
    expect(device.state.flash?.running.get(1)).toEqual(small);
    const [again] = await bus.list(0x0b0e);
    expect(again?.path).not.toBe(before?.path);
    expect(again?.physicalPort).toBe(before?.physicalPort);
  });

  test('under protocol 16: the announcement is longer, the rest is the same', async () => {
    const { exchange, after } = await opened({ updateProtocol: 16 });
    expect(await exchange('05 08 00 00 46 02 14')).toEqual(['05 00 08 00 C7 02 14 10']);
    await exchange('05 08 00 01 87 0F 2D 01', '05 08 00 02 86 0F 17');
    expect(await after(200)).toEqual([erased]);
    expect(await exchange('05 08 00 03 8E 0F 19 BE F9 8E 24 01 00 0A 00')).toEqual([refused('03')]);
    expect(await exchange('05 08 00 04 92 0F 19 BE F9 8E 24 00 00 0A 00 01 00 00 00')).toEqual([ack('04')]);
    await exchange(block(0, small));
    expect(await after(11)).toEqual([acknowledged(0), verified]);
  });

  test('of two partitions: both run after the commit, with the settings as they were', async () => {
    const { device, state, exchange, store, clock } = await opened();
    device.setLocally('voiceGuidance', 'off');
    for (const [partition, image] of [
      ['01', small],
      ['02', long],
    ] as const) {
      expect(await store(partition, image)).toContain(verified);
      await exchange('05 08 00 03 89 0F 1E 02 00 00');
    }
    await exchange('05 08 00 05 86 0F 1D');
    await clock.advance(520);
    expect([...(state.flash?.running ?? [])]).toEqual([
      [1, small],
      [2, long],
    ]);
    expect(state.version).toBe('2.0.0');
    expect(state.settings.get('voiceGuidance')).toBe('off');
    expect(state.bricked).toBe(false);
  });

  test('behind a dongle: the headset leaves and comes back, the dongle stays', async () => {
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002', version: '1.0.5' });
    const { exchange, heard, clock, device } = await bench({ family: 'link-380', serial: 'LINK', child });
    await heard();
    expect(await exchange('05 04 00 00 87 0F 2D 01', '05 04 00 01 86 0F 17')).toEqual(['05 00 04 00 C5 FF', '05 00 04 01 C5 FF']);
    await clock.advance(200);
    expect(await exchange('05 04 00 02 8E 0F 19 BE F9 8E 24 01 00 0A 00')).toEqual(['05 00 04 02 C5 FF']);
    await exchange(block(0, small, '04'));
    await clock.advance(11);
    expect(await heard()).toEqual(['05 00 04 00 08 0F 1B 00 00', '05 00 04 00 06 0F 1C']);
    await exchange('05 04 00 03 89 0F 1E 01 0B 07', '05 04 00 04 86 0F 1D');
    await clock.advance(20);
    expect(device.child).toBeNull();
    expect(device.connected).toBe(true);
    await clock.advance(500);
    expect(device.child?.state.version).toBe('1.11.7');
  });
});

describe('blocks', () => {
  test('are acknowledged at the first, at every tenth and at the last', async () => {
    const { store } = await opened();
    expect(await store('01', long)).toEqual([acknowledged(0), acknowledged(10), acknowledged(11), verified]);
  });

  test('that come out of order are not stored; the acknowledgement says which was the last', async () => {
    const { begin, announce, exchange, after } = await opened();
    await begin('01');
    await announce(long);
    const blocks = blocksOf(long);
    await exchange(...blocks.slice(0, 4), ...blocks.slice(5, 11));
    expect(await after(5)).toEqual([acknowledged(0), acknowledged(3)]);
    await exchange(...blocks.slice(4));
    expect(await after(20)).toEqual([acknowledged(10), acknowledged(11), verified]);
  });

  test('that come twice are not stored twice', async () => {
    const { begin, announce, exchange, after } = await opened();
    await begin('01');
    await announce(long);
    const blocks = blocksOf(long);
    await exchange(...blocks.slice(0, 11), ...blocks.slice(5));
    expect(await after(20)).toEqual([acknowledged(0), acknowledged(10), acknowledged(10), acknowledged(11), verified]);
  });

  test('before the first that counts are acknowledged with FFFF', async () => {
    const { begin, announce, exchange, after } = await opened();
    await begin('01');
    await announce(long);
    await exchange(...blocksOf(long).slice(1, 11));
    expect(await after(5)).toEqual([acknowledged(0xffff)]);
  });

  test('may be acknowledged with the number before', async () => {
    const { store } = await opened({ firmware: { acknowledgesOneLess: true } });
    expect(await store('01', long)).toEqual([acknowledged(0xffff), acknowledged(9), acknowledged(10), verified]);
  });

  test('that were changed on the way are not verified, which nobody says', async () => {
    const { begin, announce, exchange, after } = await opened();
    await begin('01');
    await announce(small);
    await exchange(block(0, Uint8Array.of(0x00, 0x03)));
    expect(await after(60_000)).toEqual([acknowledged(0)]);
  });

  test('mean nothing where no image was announced', async () => {
    const { exchange, after, begin } = await opened();
    await exchange(block(0, small));
    await begin('01');
    await exchange(block(0, small));
    expect(await after(60_000)).toEqual([]);
  });
});

describe('a device refuses', () => {
  test.each([
    ['an image that was not begun', '05 08 00 00 8E 0F 19 BE F9 8E 24 01 00 0A 00'],
    ['a version of nothing', '05 08 00 00 89 0F 1E 01 0B 07'],
    ['a commit of nothing', '05 08 00 00 86 0F 1D'],
    ['a partition without a number', '05 08 00 00 86 0F 2D'],
  ])('%s', async (_, request) => {
    const { exchange } = await opened();
    expect(await exchange(request)).toEqual([refused('00')]);
  });

  test('an image without blocks, without a window, or of more than it could hold', async () => {
    const { begin, exchange } = await opened({ updateProtocol: 16 });
    await begin('01');
    expect(await exchange('05 08 00 00 92 0F 19 00 00 00 00 00 00 0A 00 00 00 00 00')).toEqual([refused('00')]);
    expect(await exchange('05 08 00 01 92 0F 19 00 00 00 00 00 00 00 00 01 00 00 00')).toEqual([refused('01')]);
    expect(await exchange('05 08 00 02 92 0F 19 00 00 00 00 00 00 0A 00 FF FF FF FF')).toEqual([refused('02')]);
  });

  test('firmware where its family takes none over GNP', async () => {
    const { exchange } = await bench({ family: 'panacast-50' });
    expect(await exchange('05 01 00 00 86 0F 17')).toEqual(['05 00 01 00 C6 FE F6']);
  });
});

test('an erase that is started again is done once, later', async () => {
  const { exchange, after } = await opened();
  await exchange('05 08 00 00 87 0F 2D 01', '05 08 00 01 86 0F 17');
  await after(150);
  await exchange('05 08 00 02 86 0F 17');
  expect(await after(100)).toEqual([]);
  expect(await after(100)).toEqual([erased]);
});
