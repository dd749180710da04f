import { describe, expect, test } from 'vitest';
import { DeviceSettings, readIdentity } from '../device/index.ts';
import { families } from '../families/index.ts';
import { Session } from '../session/index.ts';
import { reply } from './behaviour.ts';
import { virtualDevice } from './create.ts';
import { bench } from './testing/bench.ts';

describe('a virtual PanaCast 50 answers as the recorded one', () => {
  test.each([
    ['name', '05 01 00 00 46 02 00', '05 00 01 00 D8 02 00 11 4A 61 62 72 61 20 50 61 6E 61 43 61 73 74 20 35 30'],
    ['version', '05 01 00 01 46 02 03', '05 00 01 01 CC 02 03 05 38 2E 30 2E 37'],
    ['DFU product id', '05 01 00 02 46 02 13', '05 00 01 02 C8 02 13 10 30'],
  ])('with its %s', async (_, request, answer) => {
    const { exchange } = await bench({ family: 'panacast-50' });
    expect(await exchange(request)).toEqual([answer]);
  });
});

describe('a virtual headset', () => {
  test('answers a battery request with 80 %, and tells of a change', async () => {
    const { device, exchange, heard } = await bench({ family: 'evolve2-75' });
    expect(await exchange('05 08 00 07 46 12 02')).toEqual(['05 00 08 07 C8 12 02 00 50']);
    device.setBattery(20, false);
    device.setBattery(20, false);
    device.setBattery(20, true);
    device.setBattery(0, false);
    // Low, charging, and a level that the device doesn't know.
    expect(await heard()).toEqual(['05 00 08 00 08 12 02 02 14', '05 00 08 00 08 12 02 01 14', '05 00 08 00 08 12 02 00 00']);
  });

  test('holds two settings in one message, changes them by a write and announces it', async () => {
    const { device, exchange } = await bench({ family: 'evolve2-75' });
    expect(await exchange('05 08 00 00 46 13 7C')).toEqual(['05 00 08 00 C8 13 7C 00 00']);
    expect(await exchange('05 08 00 01 88 13 7C 01 FD')).toEqual(['05 00 08 00 08 13 7C 01 FD', '05 00 08 01 C5 FF']);
    expect([device.state.settings.get('sidetoneEnabled'), device.state.settings.get('sidetoneLevel')]).toEqual([false, -3]);
    expect(await exchange('05 08 00 02 46 13 7C')).toEqual(['05 00 08 02 C8 13 7C 01 FD']);
  });

  test('acknowledges a write of what it holds, and announces nothing', async () => {
    const { device, exchange } = await bench({ family: 'evolve2-75' });
    expect(await exchange('05 08 00 01 87 13 3A 01')).toEqual(['05 00 08 01 C5 FF']);
    expect(device.writes).toBe(1);
  });

  test.each([
    ['a level between those that there are', '05 08 00 01 88 13 7C 00 FC'],
    ['a byte without a meaning', '05 08 00 01 87 13 01 04'],
    ['a payload that is too short', '05 08 00 01 86 13 7C'],
    ['an empty name', '05 08 00 01 87 7E 1C 00'],
  ])('refuses %s and keeps what it holds', async (_, write) => {
    const { device, exchange } = await bench({ family: 'evolve2-75' });
    const before = new Map(device.state.settings);
    expect(await exchange(write)).toEqual(['05 00 08 01 C6 FE F0']);
    expect(device.state.settings).toEqual(before);
    expect(device.writes).toBe(1);
  });

  test('announces what a person changes on it, once', async () => {
    const { device, heard } = await bench({ family: 'evolve2-75' });
    device.setLocally('voiceGuidance', 'off');
    device.setLocally('voiceGuidance', 'off');
    device.setLocally('autoPowerOffMinutes', 15);
    expect(await heard()).toEqual(['05 00 08 00 07 13 3A 02', '05 00 08 00 07 13 90 03']);
  });

  test('takes no value on itself that the catalogue or a packet has no room for', async () => {
    const { device } = await bench({ family: 'evolve2-75' });
    expect(() => {
      device.setLocally('ancLevel', 6);
    }).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => {
      device.setLocally('fieldOfView', 120);
    }).toThrow(expect.objectContaining({ code: 'not-supported' }));
    expect(() => {
      device.setLocally('deviceName', '会'.repeat(32));
    }).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(device.state.settings.get('deviceName')).toBe('Jabra Evolve2 75');
  });

  test.each([
    ['a group that it lacks', '05 08 00 09 46 26 1D', '05 00 08 09 C6 FE F6'],
    ['a subcommand that it lacks', '05 08 00 09 46 02 77', '05 00 08 09 C6 FE FF'],
    ['a setting that it lacks', '05 08 00 09 46 13 40', '05 00 08 09 C6 FE FF'],
    ['a write of what is only read', '05 08 00 09 86 02 03', '05 00 08 09 C6 FE FF'],
    ['an address where nothing is', '05 01 00 09 46 02 00', '05 00 01 09 C6 FE F5'],
  ])('refuses %s', async (_, request, answer) => {
    const { exchange } = await bench({ family: 'evolve2-75' });
    expect(await exchange(request)).toEqual([answer]);
  });

  test('says nothing to events, replies and reports that are no packets', async () => {
    const { exchange, device } = await bench({ family: 'evolve2-75' });
    expect(await exchange('05 08 00 00 0A 0F 1A 00', '05 08 00 00 C6 02 00', '05 08 00 00 44 02')).toEqual([]);
    expect(device.received.map(({ packet }) => packet?.type)).toEqual([0, 3, undefined]);
  });

  test('records what it received, when, and counts setting writes only', async () => {
    const { clock, exchange, device } = await bench({ family: 'evolve2-75' });
    await exchange('05 08 00 00 46 02 00');
    await clock.advance(250);
    await exchange('05 08 00 01 87 13 3A 00', '05 08 00 02 87 0F 2D 00');
    expect(device.received.map(({ at, packet }) => [at, packet?.command])).toEqual([
      [0, 0x02],
      [250, 0x13],
      [250, 0x0f],
    ]);
    expect(device.writes).toBe(1);
  });

  test('asks the newest behaviour first, which may pass on or ask the older ones', async () => {
    const { exchange, device } = await bench({
      family: 'evolve2-75',
      behaviours: [{ name: 'other name', onPacket: ({ subcommand }) => (subcommand === 0 ? reply(Uint8Array.of(1, 0x41)) : undefined) }],
    });
    expect(await exchange('05 08 00 00 46 02 00')).toEqual(['05 00 08 00 C8 02 00 01 41']);
    const end = device.behave({
      name: 'in capitals or small',
      onPacket: (_, context) => {
        const answer = context.next();
        return answer.kind === 'reply' ? reply(answer.payload.map((byte) => byte | 0x20)) : answer;
      },
    });
    expect(await exchange('05 08 00 01 46 02 00')).toEqual(['05 00 08 01 C8 02 00 21 61']);
    end();
    expect(await exchange('05 08 00 02 46 02 00')).toEqual(['05 00 08 02 C8 02 00 01 41']);
  });
});

describe('a virtual dongle', () => {
  const dongle = (child?: string) =>
    bench({ family: 'link-380', serial: '50C275000001', ...(child ? { child: virtualDevice({ family: child, serial: '70BF92000002' }) } : {}) });

  test('says at the headset’s address whether one is there', async () => {
    const { exchange } = await dongle();
    expect(await exchange('05 04 00 03 46 02 13')).toEqual(['05 00 04 03 C6 FE F4']);
    expect(await exchange('05 08 00 04 46 02 13')).toEqual(['05 00 08 04 C6 FE F5']);
    const { exchange: withHeadset } = await dongle('evolve2-65');
    expect(await withHeadset('05 04 00 03 46 02 13')).toEqual(['05 00 04 03 C8 02 13 B3 24']);
  });

  test('has no battery of its own, but its headset has', async () => {
    const { exchange } = await dongle('evolve2-65');
    expect(await exchange('05 01 00 00 46 12 02')).toEqual(['05 00 01 00 C6 FE FF']);
    expect(await exchange('05 04 00 00 46 12 02')).toEqual(['05 00 04 00 C8 12 02 00 50']);
  });

  test('tells when a headset leaves and when it comes back, and speaks for it in between', async () => {
    const { device, exchange, heard } = await dongle('evolve2-65');
    const { child } = device;
    if (!child) throw new TypeError('no headset');
    device.detach();
    expect(await heard()).toEqual(['05 00 01 00 11 0D 26 01 70 BF 92 00 00 02 00 00 01 00']);
    child.setLocally('voiceGuidance', 'off');
    expect(await exchange('05 04 00 03 46 02 13')).toEqual(['05 00 04 03 C6 FE F4']);
    device.attach(child);
    expect(await heard()).toEqual(['05 00 01 00 11 0D 26 01 70 BF 92 00 00 02 00 00 04 00']);
    expect(await exchange('05 04 00 03 46 13 3A')).toEqual(['05 00 04 03 C7 13 3A 02']);
    expect(device.paired).toEqual([child]);
  });

  test('passes its headset’s events on under the headset’s address', async () => {
    const { device, heard } = await dongle('evolve2-65');
    device.child?.setBattery(55, false);
    device.child?.setLocally('voiceGuidance', 'tones');
    expect(await heard()).toEqual(['05 00 04 00 08 12 02 00 37', '05 00 04 00 07 13 3A 00']);
  });

  test('takes one headset, and nothing else takes any', () => {
    const link = virtualDevice({ family: 'link-380', child: virtualDevice({ family: 'evolve2-65' }) });
    expect(() => {
      link.attach(virtualDevice({ family: 'evolve2-75' }));
    }).toThrow(expect.objectContaining({ code: 'not-supported' }));
    expect(() => virtualDevice({ family: 'evolve2-65', child: virtualDevice({ family: 'evolve2-75' }) })).toThrow(
      expect.objectContaining({ code: 'not-supported' }),
    );
  });
});

describe('the library reads from every family', () => {
  test.each(families.filter(({ id }) => id !== 'unknown'))('$id: who it is, and every setting', async (family) => {
    const { clock, channel, device, info } = await bench({ family: family.id, serial: '70BF92000001' });
    const session = new Session(channel, clock);
    const identity = await clock.complete(readIdentity(session, device.address));
    expect(identity).toMatchObject({ name: family.name, serial: '70BF92000001', complete: true });
    expect(identity.version).toMatch(/^[1-8]\.\d+\.\d+$/);
    expect(family.products.map(({ productId }) => productId)).toContain(identity.dfuProductId);
    expect(info).toMatchObject({ bus: 'virtual', productId: device.state.productId, product: family.name, physicalPort: 'virtual-1' });
    const settings = new DeviceSettings(session, device.address, device.state.wires, family.settings);
    const { values, problems } = await clock.complete(settings.read());
    expect(problems.size).toBe(0);
    expect(values).toEqual(Object.fromEntries(device.state.settings));
    expect(Object.keys(values).toSorted()).toEqual([...family.settings].toSorted());
  });

  test('gives ids of the synthetic range to the two families that have no public one, and to no other', () => {
    const synthetic = families.flatMap(({ id, products }) =>
      products.filter(({ productId }) => productId >= 0xf000).map(({ source }) => [id, source]),
    );
    expect(synthetic).toEqual([
      ['engage-65', 'synthetic'],
      ['panacast-20', 'synthetic'],
    ]);
  });
});
