import { describe, expect, test } from 'vitest';
import { toHex } from '../../bytes/index.ts';
import { virtualDevice } from '../create.ts';
import { VirtualError } from '../errors.ts';
import { faults } from '../faults.ts';
import { bench } from '../testing/bench.ts';
import { bluetoothAddressOf } from './address.ts';
import { pairingPlaces } from './pairings.ts';

const headset = (serial: string, family = 'evolve2-65') => virtualDevice({ family, serial });

const dongle = async (autoPairing = false) => {
  const on = await bench({ family: 'link-380', serial: '50C275000001' });
  const { radio } = on.device;
  if (!radio) throw new TypeError('no radio');
  on.device.state.settings.set('autoPairing', autoPairing);
  const after = async (milliseconds: number): Promise<string[]> => {
    await on.clock.advance(milliseconds);
    return on.heard();
  };
  return { ...on, radio, after };
};

const ackOf = (sequence: string): string => `05 00 01 ${sequence} C5 FF`;
const came = '05 00 01 00 11 0D 26 01 70 BF 92 00 00 02 00 00 04 00';
const left = '05 00 01 00 11 0D 26 01 70 BF 92 00 00 02 00 00 01 00';
const address = '70 BF 92 00 00 02';

describe('the Bluetooth address of a virtual headset', () => {
  test.each([
    ['70BF92000002', '70bf92000002'],
    ['70bf92000002', '70bf92000002'],
  ])('is the serial %s where that can be one', (serial, digits) => {
    expect(toHex(bluetoothAddressOf(serial))).toBe(digits);
  });

  test('is made of any other serial, one for each, and never zero', () => {
    const serials = ['000000000000', 'HEAD', 'HEAE', 'A', 'B', '70BF9200000', '会'];
    const addresses = serials.map((serial) => toHex(bluetoothAddressOf(serial)));
    expect(new Set(addresses).size).toBe(serials.length);
    expect(addresses.every((one) => /^02[0-9a-f]{10}$/.test(one))).toBe(true);
    expect(toHex(bluetoothAddressOf('HEAD'))).toBe(addresses[1]);
  });
});

describe('the radio of a virtual dongle', () => {
  test('finds a headset in pairing mode, pairs and connects it', async () => {
    const { radio, exchange, after } = await dongle();
    radio.bring(headset('70BF92000002'), { discoverable: true });
    expect(await exchange('05 01 00 07 88 0D 20 05 14')).toEqual([ackOf('07')]);
    expect(await after(800)).toEqual([`05 00 01 00 13 0D 22 01 ${address} 00 00 00 00 00 00`]);
    expect(await after(700)).toEqual([`05 00 01 00 1E 0D 2B 01 ${address} 00 4A 61 62 72 61 20 45 76 6F 6C 76 65 32 20 36 35`]);
    expect(await exchange(`05 01 00 08 8D 0D 30 04 ${address}`)).toEqual([ackOf('08')]);
    expect(await after(1999)).toEqual([]);
    expect(await after(1)).toEqual([came]);
    expect(await exchange('05 04 00 00 46 02 13')).toEqual(['05 00 04 00 C8 02 13 B3 24']);
    expect(await after(20_000)).toEqual(['05 00 01 00 07 0D 23 01']);
  });

  test('shows its list by index, and names', async () => {
    const { radio, device, exchange, heard } = await dongle();
    expect(await exchange('05 01 00 00 48 0D 28 00 00')).toEqual(['05 00 01 00 D2 0D 28 01 00 00 00 00 00 00 00 00 00 00 00']);
    device.attach(headset('70BF92000001'));
    device.detach();
    device.attach(headset('70BF92000002'));
    await heard();
    expect(await exchange('05 01 00 00 48 0D 28 00 00', '05 01 00 01 48 0D 28 00 01', '05 01 00 02 48 0D 32 00 01')).toEqual([
      '05 00 01 00 D2 0D 28 00 01 00 00 00 00 70 BF 92 00 00 01',
      `05 00 01 01 D2 0D 28 01 00 00 00 04 00 ${address}`,
      '05 00 01 02 D8 0D 32 00 00 4A 61 62 72 61 20 45 76 6F 6C 76 65 32 20 36 35',
    ]);
    radio.pairings.remove(radio.known[0] ?? headset('X'));
    expect(await exchange('05 01 00 00 48 0D 28 00 00')).toEqual(['05 00 01 00 D2 0D 28 00 01 00 00 00 00 00 00 00 00 00 00']);
  });

  test('connects and disconnects what is paired, and tells it', async () => {
    const { device, exchange, after, heard } = await dongle();
    device.attach(headset('70BF92000002'));
    await heard();
    expect(await exchange(`05 01 00 01 8D 0D 25 00 ${address}`)).toEqual([ackOf('01')]);
    expect(await after(200)).toEqual([left]);
    expect(await exchange('05 04 00 00 46 02 13')).toEqual(['05 00 04 00 C6 FE F4']);
    expect(await exchange(`05 01 00 02 8D 0D 24 00 ${address}`)).toEqual([ackOf('02')]);
    expect(await after(1200)).toEqual([came]);
    expect(await exchange(`05 01 00 03 8D 0D 24 00 ${address}`)).toEqual([ackOf('03')]);
    expect(await after(10_000)).toEqual([]);
  });

  test('gives a connection up that it is told to end before it stands', async () => {
    const { device, radio, exchange, after, heard } = await dongle();
    const one = headset('70BF92000002');
    device.attach(one);
    device.detach();
    await heard();
    radio.bring(one);
    await after(100);
    expect(await exchange(`05 01 00 01 8D 0D 25 00 ${address}`)).toEqual([ackOf('01')]);
    expect(await after(10_000)).toEqual([]);
    expect(await exchange('05 01 00 02 8D 0D 24 00 70 BF 92 00 00 02', '05 01 00 03 8D 0D 25 00 70 BF 92 00 00 03')).toEqual([
      ackOf('02'),
      ackOf('03'),
    ]);
    expect(await after(1200)).toEqual([came]);
  });

  test('forgets one, and all', async () => {
    const { device, exchange, after, heard } = await dongle();
    const [one, two] = [headset('70BF92000001'), headset('70BF92000002')];
    device.attach(one);
    device.detach();
    device.attach(two);
    await heard();
    expect(await exchange('05 01 00 00 88 0D 2A 00 00')).toEqual([ackOf('00')]);
    expect(device.paired).toEqual([two]);
    expect(await exchange('05 01 00 01 86 0C 04')).toEqual([ackOf('01')]);
    expect(device.paired).toEqual([]);
    expect(await after(200)).toEqual([left]);
  });

  test.each([
    ['a search without its bytes', '05 01 00 01 87 0D 20 05', 'F0'],
    ['a pairing of another kind', `05 01 00 01 8D 0D 30 03 ${address}`, 'F0'],
    ['a cut address', '05 01 00 01 8A 0D 25 00 70 BF 92', 'F0'],
    ['a connection to a headset that it doesn’t know', `05 01 00 01 8D 0D 24 00 ${address}`, 'F4'],
    ['the removal of nobody', '05 01 00 01 88 0D 2A 00 03', 'F0'],
    ['the removal of the one that is connected', '05 01 00 01 88 0D 2A 00 00', 'F0'],
    ['the name of nobody', '05 01 00 01 48 0D 32 00 03', 'F0'],
    ['a list without an index', '05 01 00 01 46 0D 28', 'F0'],
    ['a message that it lacks', '05 01 00 01 46 0D 77', 'FF'],
    ['a read of what is only written', '05 01 00 01 46 0C 04', 'FF'],
  ])('refuses %s', async (_, request, reason) => {
    const { device, exchange, heard } = await dongle();
    device.attach(headset('70BF92000001'));
    await heard();
    expect(await exchange(request)).toEqual([`05 00 01 01 C6 FE ${reason}`]);
  });

  test('is a dongle’s only', async () => {
    const { exchange, device } = await bench({ family: 'evolve2-75' });
    expect(device.radio).toBeNull();
    expect(await exchange('05 08 00 01 88 0D 20 05 14')).toEqual(['05 00 08 01 C6 FE F6']);
  });

  test('tells nothing of a headset that left, ended its pairing mode or never tells its name', async () => {
    const { radio, exchange, after } = await dongle();
    const [leaves, hides, nameless] = [headset('70BF92000001'), headset('70BF92000002'), headset('70BF92000003')];
    for (const one of [leaves, hides, nameless]) radio.bring(one, { discoverable: true, nameMs: one === nameless ? null : 700 });
    await exchange('05 01 00 01 88 0D 20 05 14');
    radio.take(leaves);
    radio.bring(hides);
    expect(await after(19_999)).toEqual(['05 00 01 00 13 0D 22 01 70 BF 92 00 00 03 00 00 00 00 00 00']);
    expect(await after(1)).toEqual(['05 00 01 00 07 0D 23 01']);
  });

  test('finds a headset that comes while it searches, and begins anew where it is asked again', async () => {
    const { radio, exchange, after } = await dongle();
    await exchange('05 01 00 01 88 0D 20 05 02');
    await after(1000);
    radio.bring(headset('70BF92000002'), { discoverable: true, nameMs: null });
    expect((await after(800)).length).toBe(1);
    await exchange('05 01 00 02 88 0D 20 05 02');
    expect(await after(800)).toEqual([`05 00 01 00 13 0D 22 01 ${address} 00 00 00 00 00 00`]);
    expect(await after(1200)).toEqual(['05 00 01 00 07 0D 23 01']);
    expect(radio.isSearching).toBe(false);
  });

  test('ends all that was under way when the dongle is pulled out', async () => {
    const { radio, bus, device, exchange, clock } = await dongle();
    radio.bring(headset('70BF92000002'), { discoverable: true });
    await exchange('05 01 00 01 88 0D 20 05 14', `05 01 00 02 8D 0D 30 04 ${address}`);
    bus.unplug(device);
    await clock.settle();
    expect([clock.pendingTimers, radio.isSearching, radio.child]).toEqual([0, false, null]);
    bus.plug(device);
    await clock.advance(60_000);
    expect(radio.child).toBeNull();
  });

  test('connects the headset again that was connected last, when it comes back; another one not', async () => {
    const { radio, device, after, heard } = await dongle();
    const [one, two] = [headset('70BF92000001'), headset('70BF92000002')];
    device.attach(one);
    device.detach();
    device.attach(two);
    device.detach();
    await heard();
    radio.bring(one);
    expect(await after(60_000)).toEqual([]);
    radio.bring(two);
    expect(await after(1200)).toEqual([came]);
    expect(radio.child).toBe(two);
  });

  test('doesn’t connect a headset that leaves in the middle, or that something else reached meanwhile', async () => {
    const { radio, device, bus, after, heard } = await dongle();
    const one = headset('70BF92000002');
    device.attach(one);
    device.detach();
    await heard();
    radio.bring(one);
    radio.take(one);
    expect(await after(5000)).toEqual([]);
    radio.bring(one);
    bus.plug(one);
    expect(await after(5000)).toEqual([]);
    expect(radio.child).toBeNull();
  });

  test('connects at its plugging in to the headset that it knows, or with auto pairing to the first one in pairing mode', async () => {
    const { radio, bus, device, clock } = await dongle(true);
    const [known, stranger] = [headset('70BF92000001'), headset('70BF92000002')];
    device.attach(known);
    device.detach();
    bus.unplug(device);
    radio.bring(known);
    radio.bring(stranger, { discoverable: true });
    bus.plug(device);
    await clock.advance(1200);
    expect(radio.child).toBe(known);
    device.detach();
    bus.unplug(device);
    bus.plug(device);
    await clock.advance(5000);
    expect(radio.child).toBe(stranger);
    expect(device.paired).toEqual([known, stranger]);
    device.detach();
    device.state.settings.set('autoPairing', false);
    bus.unplug(device);
    radio.bring(headset('70BF92000003'), { discoverable: true });
    bus.plug(device);
    await clock.advance(5000);
    expect(radio.child).toBeNull();
  });

  test('remembers eight headsets; the one that was not used for the longest time gives its place', async () => {
    const { device, radio } = await dongle();
    const headsets = Array.from({ length: pairingPlaces + 1 }, (_, index) => headset(`70BF920000${10 + index}`));
    for (const one of headsets) {
      device.attach(one);
      device.detach();
      if (one === headsets[5]) {
        device.attach(headsets[0] ?? one);
        device.detach();
      }
    }
    expect(radio.pairings.has(headsets[0] ?? headset('X'))).toBe(true);
    expect(radio.pairings.at(1)).toBe(headsets[8]);
    expect(device.paired.length).toBe(pairingPlaces);
  });

  test('has one headset at a time', async () => {
    const { device } = await dongle();
    device.attach(headset('A'));
    expect(() => {
      device.attach(headset('B'));
    }).toThrow(VirtualError);
  });

  test('has a headset in range only that comes back from a power cut and was forgotten or replaced meanwhile', async () => {
    const { device, radio, clock } = await dongle();
    const [one, two] = [headset('70BF92000001'), headset('70BF92000002')];
    device.attach(one);
    one.behave(faults.powerCut(1));
    one.powerCut();
    device.attach(two);
    await clock.advance(500);
    expect([radio.isInRange(one), radio.child]).toEqual([true, two]);
    two.powerCut();
    radio.pairings.clear();
    await clock.advance(500);
    expect([radio.isInRange(two), radio.child]).toEqual([true, null]);
  });

  test('tells a name that a person chose, as much of it as fits', async () => {
    const { device, exchange, heard } = await dongle();
    const one = headset('70BF92000002');
    one.setLocally('deviceName', '会'.repeat(17));
    device.attach(one);
    await heard();
    const [answer] = await exchange('05 01 00 02 48 0D 32 00 00');
    expect(answer?.split(' ').slice(9).join('')).toBe('E4BC9A'.repeat(16));
  });
});
