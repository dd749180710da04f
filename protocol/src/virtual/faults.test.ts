import { describe, expect, test } from 'vitest';
import { Address } from '../frames/index.ts';
import { firmwareVersion } from '../messages/index.ts';
import { Session } from '../session/index.ts';
import { verifiedWires } from '../settings/index.ts';
import { BusControl } from './control.ts';
import { virtualDevice } from './create.ts';
import { faults } from './faults.ts';
import { bench } from './testing/bench.ts';

const version = (sequence: number): string => `05 08 00 0${sequence} 46 02 03`;
const answer = (sequence: number): string => `05 00 08 0${sequence} CD 02 03 06 31 2E 38 2E 31 33`;
const voiceOff = '05 08 00 00 87 13 3A 02';
const voice = verifiedWires.find(({ keys }) => keys.includes('voiceGuidance'));

const start = async () => {
  const on = await bench({ family: 'evolve2-75' });
  return { ...on, session: new Session(on.channel, on.clock) };
};

describe('a device with a fault', () => {
  test('timeout: leaves the given number of requests undone and unanswered, then is itself again', async () => {
    const { device, exchange, heard, channel, clock, session } = await start();
    device.behave(faults.timeout(2));
    expect(await exchange(voiceOff, version(1), version(2))).toEqual([answer(2)]);
    expect(device.state.settings.get('voiceGuidance')).toBe('voice');
    expect(device.writes).toBe(1);
    device.behave(faults.timeout(2));
    expect(await clock.complete(session.read(firmwareVersion, 8))).toBe('1.8.13');
    device.behave(faults.timeout(3));
    await expect(clock.complete(session.read(firmwareVersion, 8))).rejects.toMatchObject({ code: 'timeout' });
    await heard();
    await channel.close();
  });

  test('nack: refuses with the given reason', async () => {
    const { device, exchange, clock, session } = await start();
    device.behave(faults.nack(1));
    device.behave(faults.nack(1, 0xf6));
    expect(await exchange(voiceOff, voiceOff, version(2))).toEqual(['05 00 08 00 C6 FE F6', '05 00 08 00 C6 FE F0', answer(2)]);
    expect(device.state.settings.get('voiceGuidance')).toBe('voice');
    device.behave(faults.nack(1));
    await expect(clock.complete(session.read(firmwareVersion, 8))).rejects.toMatchObject({ code: 'rejected', reason: 'other' });
  });

  test('garbage: sends report 5 with bytes that mean nothing, each time others, the same in every run', async () => {
    const seen = async () => {
      const { device, channel, clock } = await start();
      device.behave(faults.garbage(2));
      const raw: string[] = [];
      channel.onReport((report) => raw.push(report.join(',')));
      await channel.write(Uint8Array.of(5, 8, 0, 0, 0x46, 2, 3));
      await channel.write(Uint8Array.of(5, 8, 0, 1, 0x46, 2, 3));
      await clock.settle();
      return raw;
    };
    const [first, second] = [await seen(), await seen()];
    expect(first).toEqual(second);
    expect(new Set(first).size).toBe(2);
    expect(first.every((report) => report.startsWith('5,') && report.split(',').length === 64)).toBe(true);
    const { device, clock, session } = await start();
    device.behave(faults.garbage(2));
    expect(await clock.complete(session.read(firmwareVersion, 8))).toBe('1.8.13');
  });

  test('drop: carries the request out and loses the answer', async () => {
    const { device, exchange } = await start();
    device.behave(faults.drop(1));
    expect(await exchange(voiceOff, version(1))).toEqual(['05 00 08 00 07 13 3A 02', answer(1)]);
    expect(device.state.settings.get('voiceGuidance')).toBe('off');
  });

  test('duplicate: answers twice, which confuses nobody', async () => {
    const { device, exchange, clock, session } = await start();
    device.behave(faults.duplicate(1));
    expect(await exchange(version(1))).toEqual([answer(1), answer(1)]);
    device.behave(faults.duplicate(1));
    const read = session.read(firmwareVersion, 8);
    const next = voice ? session.read(voice.message, 8) : null;
    expect(await clock.complete(read)).toBe('1.8.13');
    expect(await clock.complete(next ?? Promise.resolve(null))).toMatchObject({ voiceGuidance: 'voice' });
    // The second answer, and both of the raw exchange.
    expect(session.statistics.unmatched).toBe(3);
  });

  test('wrong sequence: answers another request', async () => {
    const { device, exchange, clock, session } = await start();
    device.behave(faults.wrongSequence(1));
    expect(await exchange(version(4))).toEqual([answer(3)]);
    device.behave(faults.wrongSequence(1));
    const begun = clock.monotonic();
    expect(await clock.complete(session.read(firmwareVersion, 8))).toBe('1.8.13');
    expect(clock.monotonic() - begun).toBe(1100);
  });

  test('late: answers after the attempt was given up, which is not the next one’s answer', async () => {
    const { device, exchange, heard, clock } = await start();
    device.behave(faults.late(1, 1500));
    expect(await exchange(version(1))).toEqual([]);
    await clock.advance(1499);
    expect(await heard()).toEqual([]);
    await clock.advance(1);
    expect(await heard()).toEqual([answer(1)]);
  });

  test('unplug: is gone in the middle of a request that it carries out', async () => {
    const { device, bus, clock, session } = await start();
    device.behave(faults.unplug());
    if (!voice) throw new TypeError('no wire');
    await expect(
      clock.complete(session.write(voice.message, 8, { voiceGuidance: 'off', appended: new Uint8Array(0) } as never)),
    ).rejects.toMatchObject({
      code: 'disconnected',
    });
    expect(bus.isPlugged(device)).toBe(false);
    expect(device.state.settings.get('voiceGuidance')).toBe('off');
    await clock.advance(60_000);
    expect(bus.isPlugged(device)).toBe(false);
  });

  test('power cut: is gone with every setting, and back after half a second with the factory’s', async () => {
    const { device, bus, clock, session } = await start();
    device.setLocally('voiceGuidance', 'off');
    device.setBattery(33, false);
    device.behave(faults.powerCut(1));
    await expect(clock.complete(session.read(firmwareVersion, 8))).rejects.toMatchObject({ code: 'disconnected' });
    expect(device.state.settings.get('voiceGuidance')).toBe('voice');
    expect(device.state.battery).toEqual({ level: 33, charging: false });
    await clock.advance(499);
    expect(bus.isPlugged(device)).toBe(false);
    await clock.advance(1);
    expect(bus.isPlugged(device)).toBe(true);
  });

  test('keeps its own faults: a headset’s hit requests to the headset only', async () => {
    const { device, exchange } = await bench({ family: 'link-380', child: virtualDevice({ family: 'evolve2-65' }) });
    device.child?.behave(faults.nack(1));
    expect(await exchange('05 01 00 00 46 02 13', '05 04 00 00 46 02 13', '05 04 00 01 46 02 13')).toEqual([
      '05 00 01 00 C8 02 13 C7 24',
      '05 00 04 00 C6 FE F0',
      '05 00 04 01 C8 02 13 B3 24',
    ]);
  });
});

describe('faults by hand', () => {
  const atHand = async () => {
    const on = await bench({ family: 'link-380', serial: 'LINK', child: virtualDevice({ family: 'evolve2-65', serial: 'HEAD' }) });
    return { ...on, control: new BusControl(on.bus) };
  };

  test('a power cut of a headset makes it leave the dongle and come back without its settings', async () => {
    const { control, clock, device, heard } = await atHand();
    control.set('HEAD', 'voiceGuidance', 'off');
    await heard();
    control.fault('HEAD', 'power-cut', 1);
    expect(await heard()).toEqual(['05 00 01 00 11 0D 26 01 02 30 5A 7F C3 C9 00 00 01 00']);
    expect(control.get('HEAD', 'voiceGuidance')).toBe('voice');
    expect(control.list().map(({ plugged }) => plugged)).toEqual([true, false]);
    await clock.advance(500);
    expect(await heard()).toEqual(['05 00 01 00 11 0D 26 01 02 30 5A 7F C3 C9 00 00 04 00']);
    expect(device.child?.address).toBe(Address.headset1);
    expect(control.list().map(({ plugged }) => plugged)).toEqual([true, true]);
  });

  test('further power cuts hit the requests after it came back', async () => {
    const { control, clock, bus, device } = await atHand();
    control.fault('LINK', 'power-cut', 2);
    await clock.advance(500);
    const [info] = await bus.list(0x0b0e);
    if (!info) throw new TypeError('not back');
    const session = new Session(await bus.open(info), clock);
    await expect(clock.complete(session.read(firmwareVersion, 1))).rejects.toMatchObject({ code: 'disconnected' });
    await clock.advance(500);
    expect(bus.isPlugged(device)).toBe(true);
    const [again] = await bus.list(0x0b0e);
    if (!again) throw new TypeError('not back');
    expect(await clock.complete(new Session(await bus.open(again), clock).read(firmwareVersion, 1))).toBe('1.16.0');
  });

  test('a person who pulls the device while it is without power has the last word', async () => {
    const { control, clock, bus, device } = await atHand();
    control.fault('LINK', 'power-cut', 1);
    control.unplug('LINK');
    await clock.advance(10_000);
    expect(bus.isPlugged(device)).toBe(false);
  });

  test('a headset stays off a dongle that a person took it from while it was without power', async () => {
    const { control, clock, device } = await atHand();
    control.fault('HEAD', 'power-cut', 1);
    control.unplug('HEAD');
    await clock.advance(10_000);
    expect(device.child?.serial).toBeUndefined();
  });
});
