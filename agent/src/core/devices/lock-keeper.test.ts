import { PacketType } from '@jpd/protocol';
import { type Behaviour, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changedBeforeReadBack, refuses, sidetone, silentAbout, voiceGuidance } from './testing/behaviours.ts';
import { DeviceBench } from './testing/device-bench.ts';

const id = '24da-70bf92000001';

let bench: DeviceBench;
let headset: VirtualDevice;
beforeEach(async () => {
  bench = new DeviceBench();
  headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
  bench.bus.plug(headset);
  await bench.start();
  await bench.desire(id, 1, {
    sidetoneLevel: { value: 3, locked: true },
    voiceGuidance: { value: 'off', locked: true },
    ancLevel: { value: 5 },
  });
  expect(headset.writes).toBe(3);
});
afterEach(async () => {
  await bench.stop();
  expect(bench.violations).toEqual([]);
  expect(bench.log.errors).toEqual([]);
  expect(bench.clock.pendingTimers).toBe(0);
});

const enforced = (): string[] => bench.eventsOf(id, 'settings.lock-enforced').map(({ data }) => JSON.stringify(data['keys']));
const errors = (): string[] => bench.document(id).settings.errors.map(({ key, code }) => `${key} ${code}`);
/** The device changes without a word, as one that announces nothing. */
const changeSilently = (value: number): void => {
  headset.state.settings.set('sidetoneLevel', value);
};

describe('a locked setting', () => {
  it('that a user changes is put back within two seconds, with one event', async () => {
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(enforced()).toEqual(['["sidetoneLevel"]']);
    expect(bench.eventsOf(id, 'settings.lock-enforced')[0]?.data).toEqual({ keys: ['sidetoneLevel'], revision: 1 });
    await bench.advance(600_000);
    expect(enforced()).toHaveLength(1);
    expect(headset.writes).toBe(4);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: 3 } });
  });

  it('that another one is changed with is put back with it, in one event', async () => {
    headset.setLocally('sidetoneLevel', -6);
    headset.setLocally('voiceGuidance', 'voice');
    await bench.advance(2000);
    expect(enforced()).toEqual(['["sidetoneLevel","voiceGuidance"]']);
  });

  it('that a user changes again before it is read back is no refusal: it is put back, with one event', async () => {
    headset.behave(changedBeforeReadBack(6, 1));
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(enforced()).toEqual(['["sidetoneLevel"]']);
    expect(bench.documentsOf(id).map(({ settings }) => settings.state)).not.toContain('failed');
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(enforced()).toHaveLength(2);
  });

  it('leaves the unlocked one that shares its message as the user wants it', async () => {
    headset.setLocally('sidetoneEnabled', false);
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(bench.document(id).settings.values).toMatchObject({ sidetoneEnabled: false, sidetoneLevel: 3 });
  });

  it('that changes without being announced is found by the look, at most a minute later', async () => {
    changeSilently(-6);
    await bench.advance(60_000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(enforced()).toEqual(['["sidetoneLevel"]']);
    await bench.advance(30_000);
    changeSilently(-6);
    await bench.advance(29_999);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    await bench.advance(1);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
  });

  it('is looked at once a minute and only where something is locked', async () => {
    const before = headset.received.length;
    await bench.advance(600_000);
    // 13/7C and 13/3A.
    expect(headset.received).toHaveLength(before + 10 * 2);
    await bench.desire(id, 2, { ancLevel: { value: 5 } });
    await bench.advance(60_000);
    const after = headset.received.length;
    await bench.advance(600_000);
    expect(headset.received).toHaveLength(after);
  });

  it('is looked at in its time however often the device is refreshed', async () => {
    changeSilently(-6);
    for (let time = 0; time < 3; time += 1) {
      await bench.advance(25_000);
      await bench.manager.device(id)?.refresh();
    }
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(enforced()).toHaveLength(1);
  });

  it('is put back over restarts', async () => {
    await bench.restart();
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(enforced()).toHaveLength(1);
  });

  it('is left alone while the device is away, and right when it is back', async () => {
    bench.bus.unplug(headset);
    changeSilently(-6);
    await bench.advance(300_000);
    expect(headset.writes).toBe(3);
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(enforced()).toEqual([]);
    expect(bench.eventsOf(id, 'settings.applied').map(({ data }) => data['cause'])).toEqual(['published', 'connect']);
  });
});

describe('a lock that something else breaks again and again', () => {
  /** Another program on the device's other side: whatever is written, it sets its own a moment later. */
  const rival = (waitMs: number): Behaviour => ({
    name: 'rival',
    onPacket: ({ type, subcommand }, context) => {
      if (type === PacketType.write && subcommand === 0x7c)
        context.clock.setTimer(waitMs, () => {
          context.changeSettings(new Map([['sidetoneLevel', -6]]));
        });
      return undefined;
    },
  });

  it('and faster than it can be read back is contested as well, and not written without end', async () => {
    headset.behave(changedBeforeReadBack(-6, Infinity));
    const { writes } = headset;
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(50_000);
    expect(errors()).toEqual(['sidetoneLevel lock-contested']);
    expect(headset.writes - writes).toBe(2 * 5);
    await bench.advance(60_000);
    expect(headset.writes - writes).toBe(2 * 6);
  });

  it('is put back five times, then reported as contested, and put back at the look once a minute', async () => {
    const end = headset.behave(rival(100));
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(10_000);
    expect(enforced()).toHaveLength(5);
    expect(errors()).toEqual(['sidetoneLevel lock-contested']);
    expect(bench.document(id).settings).toMatchObject({ state: 'failed', locked: ['sidetoneLevel', 'voiceGuidance'], values: { sidetoneLevel: -6 } });
    await bench.advance(600_000);
    expect(enforced()).toHaveLength(5 + 10);
    expect(errors()).toEqual(['sidetoneLevel lock-contested']);
    end();
    await bench.advance(180_000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(errors()).toEqual([]);
    expect(bench.document(id).settings.state).toBe('in-sync');
    // The contest is over: it is kept at once again.
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
  });

  it('is reported with the fifth time, and the sixth change waits for the look', async () => {
    for (let time = 1; time <= 5; time += 1) {
      expect(errors()).toEqual([]);
      headset.setLocally('sidetoneLevel', -6);
      await bench.advance(2000);
    }
    expect(errors()).toEqual(['sidetoneLevel lock-contested']);
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    await bench.advance(60_000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(enforced()).toHaveLength(6);
  });

  it('does not keep the other locks from being kept', async () => {
    headset.behave(rival(100));
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(10_000);
    headset.setLocally('voiceGuidance', 'voice');
    await bench.advance(2000);
    expect(headset.state.settings.get('voiceGuidance')).toBe('off');
    expect(errors()).toEqual(['sidetoneLevel lock-contested']);
  });

  it('is no contest where it happens less than five times a minute', async () => {
    for (let time = 0; time < 12; time += 1) {
      headset.setLocally('sidetoneLevel', -6);
      await bench.advance(15_000);
    }
    expect(enforced()).toHaveLength(12);
    expect(errors()).toEqual([]);
  });

  it('is not over while the look is not answered', async () => {
    const end = headset.behave(rival(100));
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(10_000);
    end();
    const speakAgain = headset.behave(silentAbout(...sidetone));
    await bench.advance(300_000);
    expect(errors()).toEqual(['sidetoneLevel lock-contested']);
    speakAgain();
    await bench.advance(180_000);
    expect(errors()).toEqual([]);
  });

  it('begins anew with the next connect', async () => {
    const end = headset.behave(rival(100));
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(10_000);
    end();
    bench.bus.unplug(headset);
    await bench.advance(1000);
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(errors()).toEqual([]);
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
  });
});

describe('a lock that the device doesn’t let be put back', () => {
  it('is reported, tried at every look, and reported no more once it holds', async () => {
    const end = headset.behave(refuses(...voiceGuidance, 0xf0, PacketType.write));
    headset.setLocally('voiceGuidance', 'voice');
    await bench.advance(2000);
    expect(errors()).toEqual(['voiceGuidance device-rejected']);
    expect(enforced()).toEqual([]);
    await bench.advance(60_000);
    expect(errors()).toEqual(['voiceGuidance device-rejected']);
    end();
    await bench.advance(60_000);
    expect(headset.state.settings.get('voiceGuidance')).toBe('off');
    expect(errors()).toEqual([]);
    expect(enforced()).toEqual(['["voiceGuidance"]']);
  });

  it('is no longer reported when the user changes it back', async () => {
    headset.behave(refuses(...voiceGuidance, 0xf0, PacketType.write));
    headset.setLocally('voiceGuidance', 'voice');
    await bench.advance(2000);
    headset.setLocally('voiceGuidance', 'off');
    await bench.advance(60_000);
    expect(errors()).toEqual([]);
  });

  it('is tried again at the next look where the device was silent', async () => {
    const end = headset.behave(silentAbout(...voiceGuidance));
    headset.setLocally('voiceGuidance', 'voice');
    await bench.advance(30_000);
    expect(errors()).toEqual(['voiceGuidance device-timeout']);
    end();
    await bench.advance(60_000);
    expect(headset.state.settings.get('voiceGuidance')).toBe('off');
    expect(errors()).toEqual([]);
  });
});
