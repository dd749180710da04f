import { PacketType, type SettingKey } from '@jpd/protocol';
import { type Behaviour, faults, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DesiredFirmware } from '../../contract/index.ts';
import { refuses, sidetone, silentAbout, voiceGuidance } from './testing/behaviours.ts';
import { DeviceBench } from './testing/device-bench.ts';
import type { UserChange } from './user-change.ts';

const id = '24da-70bf92000001';
const refused = (code: string) => ({ isDone: false, code });

let bench: DeviceBench;
let headset: VirtualDevice;
beforeEach(() => {
  bench = new DeviceBench();
  headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
  bench.bus.plug(headset);
});
afterEach(async () => {
  await bench.stop();
  expect(bench.violations).toEqual([]);
  expect(bench.log.errors).toEqual([]);
  expect(bench.clock.pendingTimers).toBe(0);
});

const begin = (key: string, value: string | number | boolean): Promise<UserChange> => {
  const device = bench.manager.device(id);
  if (!device) throw new Error('the headset is not known');
  return device.changeSetting(key, value);
};
const change = (key: string, value: string | number | boolean): Promise<UserChange> => bench.clock.complete(begin(key, value));
const held = (key: SettingKey) => headset.state.settings.get(key);
const told = (key: string) => bench.document(id).settings.values[key];
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
/** Reports that write to the device, but for their padding. */
const writes = (): string[] =>
  headset.received.flatMap(({ report, packet }) =>
    packet?.type === PacketType.write ? [hex(report.subarray(0, 7 + packet.payload.length)).replace(/^(.{9})../, '$1..')] : [],
  );
/** Something happens while the device is written to. */
const whileWritten = ([command, subcommand]: readonly [number, number], happen: () => void): Behaviour => {
  let isDone = false;
  return {
    name: 'meanwhile',
    onPacket: (packet) => {
      if (isDone || packet.type !== PacketType.write || packet.command !== command || packet.subcommand !== subcommand) return undefined;
      isDone = true;
      happen();
      return undefined;
    },
  };
};

describe('a setting that a person changes', () => {
  it('is written as any other, read back, and told to the platform as what the device holds', async () => {
    await bench.start();
    // Nor does every device announce what it was told.
    headset.behave({ name: 'tells nothing', onPacket: () => undefined, onEvent: () => [] });
    const before = bench.documentsOf(id).length;
    expect(await change('sidetoneLevel', 3)).toEqual({ isDone: true });
    // Report 05, address 8, our sequence number, write of 8 bytes, 13/7C: heard (00), 3 dB.
    expect(writes()).toEqual(['05 08 00 .. 88 13 7c 00 03']);
    expect(held('sidetoneLevel')).toBe(3);
    await bench.clock.settle();
    expect(bench.documentsOf(id).slice(before)).toMatchObject([
      { settings: { values: { sidetoneLevel: 3, sidetoneEnabled: true }, state: 'in-sync', desiredRevision: null, appliedRevision: null } },
    ]);
    expect(bench.eventTypes(id)).toEqual(['device.connected']);
  });

  it('is not written where the device holds it already', async () => {
    await bench.start();
    expect(await change('sidetoneLevel', 0)).toEqual({ isDone: true });
    expect(headset.writes).toBe(0);
  });

  it('leaves what shares its message as it is, a lock of that included', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneEnabled: { value: false, locked: true } });
    expect(await change('sidetoneLevel', -9)).toEqual({ isDone: true });
    expect([held('sidetoneEnabled'), held('sidetoneLevel')]).toEqual([false, -9]);
    expect(bench.eventsOf(id, 'settings.lock-enforced')).toEqual([]);
  });

  it('stays while the device stays connected, and is the applied revision again after its next connect', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 6 } });
    expect(await change('sidetoneLevel', -3)).toEqual({ isDone: true });
    expect(await change('voiceGuidance', 'off')).toEqual({ isDone: true });
    await bench.advance(600_000);
    expect(held('sidetoneLevel')).toBe(-3);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: -3 } });
    bench.bus.unplug(headset);
    await bench.advance(1000);
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(held('sidetoneLevel')).toBe(6);
    // Nobody desired anything of this one.
    expect(held('voiceGuidance')).toBe('off');
  });

  it('is not undone by another login, but by a revision that waited for it and names it', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 6 } });
    await bench.desire(id, 2, { sidetoneLevel: { value: 3 }, ancMode: { value: 'off' } }, { waitsForLogin: 'login-1' });
    expect(await change('sidetoneLevel', -3)).toEqual({ isDone: true });
    expect(await change('voiceGuidance', 'off')).toEqual({ isDone: true });
    expect(bench.document(id).settings.state).toBe('pending-login');
    await bench.clock.complete(bench.manager.release('login-2'));
    await bench.clock.settle();
    expect([held('sidetoneLevel'), held('ancMode'), held('voiceGuidance')]).toEqual([3, 'off', 'off']);
  });
});

describe('a change is refused', () => {
  it('where the organisation locks the setting', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 6, locked: true }, ancMode: { value: 'off' } });
    const { writes: before } = headset;
    expect(await change('sidetoneLevel', 0)).toEqual(refused('locked'));
    expect(headset.writes).toBe(before);
    expect(await change('ancMode', 'anc')).toEqual({ isDone: true });
    await bench.clock.complete(bench.manager.desiredForgotten(id));
    expect(await change('sidetoneLevel', 0)).toEqual({ isDone: true });
  });

  it('by a lock that was published and is only just to be applied', async () => {
    await bench.start();
    headset.behave(silentAbout(...sidetone, PacketType.read));
    const publishing = bench.desire(id, 1, { sidetoneLevel: { value: 6, locked: true } });
    const outcome = begin('sidetoneLevel', 3);
    await publishing;
    expect(await bench.clock.complete(outcome)).toEqual(refused('locked'));
    expect(headset.writes).toBe(0);
  });

  it('by a lock that comes while it is written, which wins', async () => {
    await bench.start();
    headset.behave(whileWritten(sidetone, () => void bench.desire(id, 1, { sidetoneLevel: { value: 6, locked: true } })));
    expect(await change('sidetoneLevel', 3)).toEqual(refused('locked'));
    await bench.clock.settle();
    expect(held('sidetoneLevel')).toBe(6);
    expect(bench.document(id).settings).toMatchObject({ values: { sidetoneLevel: 6 }, locked: ['sidetoneLevel'], state: 'in-sync' });
  });

  it('of a lock that somebody else keeps breaking, by that word', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 6, locked: true } });
    for (let time = 0; time < 6; time += 1) {
      headset.setLocally('sidetoneLevel', 0);
      await bench.clock.settle();
    }
    expect(await change('sidetoneLevel', 3)).toEqual(refused('lock-contested'));
  });

  it('where there is no such setting, no such value, or no verified way', async () => {
    await bench.start();
    expect(await change('bassBoost', 3)).toEqual(refused('unknown-setting'));
    expect(await change('__proto__', 3)).toEqual(refused('unknown-setting'));
    expect(await change('sidetoneLevel', 4)).toEqual(refused('invalid-value'));
    expect(await change('sidetoneLevel', 'loud')).toEqual(refused('invalid-value'));
    expect(await change('autoPairing', true)).toEqual(refused('not-supported'));
    expect(await change('soundMode', 'x')).toEqual(refused('not-supported'));
    expect(headset.writes).toBe(0);
  });

  it('on firmware that the organisation freezes', async () => {
    await bench.start();
    const firmware: DesiredFirmware = { management: 'unmanaged', unsupportedVersions: ['1.8.13'] };
    await bench.desire(id, 1, {}, { firmware });
    expect(await change('sidetoneLevel', 3)).toEqual(refused('firmware-unsupported'));
    expect(headset.writes).toBe(0);
  });

  it('by the device, which keeps what it held and stays in sync with the platform', async () => {
    await bench.start();
    headset.behave(refuses(...voiceGuidance, 0x05, PacketType.write));
    expect(await change('voiceGuidance', 'off')).toEqual(refused('device-rejected'));
    expect(told('voiceGuidance')).toBe('voice');
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', errors: [] });
  });

  it('where the device answers nothing, and the next one is asked all the same', async () => {
    await bench.start();
    const answerAgain = headset.behave(silentAbout(...sidetone));
    expect(await change('sidetoneLevel', 3)).toEqual(refused('device-timeout'));
    answerAgain();
    expect(await change('sidetoneLevel', 3)).toEqual({ isDone: true });
  });

  it('where the device is away', async () => {
    await bench.start();
    bench.bus.unplug(headset);
    await bench.advance(1000);
    expect(await change('sidetoneLevel', 3)).toEqual(refused('device-timeout'));
  });

  it('where the device goes in the middle of it, at whichever question', async () => {
    await bench.start();
    for (const question of [1, 2, 3]) {
      const outcome = begin('sidetoneLevel', question % 2 === 0 ? 3 : 6);
      headset.behave(faults.unplug(question));
      expect(await bench.clock.complete(outcome)).toEqual(refused('device-timeout'));
      await bench.advance(1000);
      expect(bench.document(id).connection.status).toBe('disconnected');
      bench.bus.plug(headset);
      await bench.advance(1000);
      expect(told('sidetoneLevel')).toBe(held('sidetoneLevel'));
    }
  });

  it('while an update has the device, and not after it', async () => {
    await bench.start();
    const device = bench.manager.device(id);
    await bench.clock.complete(device?.hold() ?? Promise.reject(new Error('no device')));
    expect(await change('sidetoneLevel', 3)).toEqual(refused('device-timeout'));
    expect(headset.writes).toBe(0);
    await bench.clock.complete(device?.release(1000) ?? Promise.reject(new Error('no device')));
    expect(await change('sidetoneLevel', 3)).toEqual({ isDone: true });
  });
});

it('several changes at once are made one after another, the last one of a setting last', async () => {
  await bench.start();
  const outcomes = [begin('sidetoneLevel', 3), begin('voiceGuidance', 'off'), begin('sidetoneLevel', -6), begin('sidetoneLevel', 9)];
  expect(await bench.clock.complete(Promise.all(outcomes))).toEqual([{ isDone: true }, { isDone: true }, { isDone: true }, refused('invalid-value')]);
  expect([held('sidetoneLevel'), held('voiceGuidance')]).toEqual([-6, 'off']);
  expect(told('sidetoneLevel')).toBe(-6);
});
