import { PacketType } from '@jpd/protocol';
import { faults, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DesiredFirmware } from '../../contract/index.ts';
import { changedBeforeReadBack, refuses, sidetone, silentAbout, version, voiceGuidance } from './testing/behaviours.ts';
import { DeviceBench } from './testing/device-bench.ts';

const id = '24da-70bf92000001';

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

const replug = async (): Promise<void> => {
  bench.bus.unplug(headset);
  await bench.advance(1000);
  bench.bus.plug(headset);
  await bench.advance(1000);
};
const writesTo = (subcommand: number): number =>
  headset.received.filter(({ packet }) => packet?.type === PacketType.write && packet.subcommand === subcommand).length;
const dataOf = (type: Parameters<DeviceBench['eventsOf']>[1]) => bench.eventsOf(id, type).map(({ data }) => data);

describe('a published revision', () => {
  it('is applied setting by setting and reported', async () => {
    await bench.start();
    await bench.desire(id, 7, { sidetoneLevel: { value: 3, locked: true }, ancMode: { value: 'off' }, deviceName: { value: 'Desk 4' } });
    expect(bench.document(id).settings).toMatchObject({
      desiredRevision: 7,
      appliedRevision: 7,
      state: 'in-sync',
      values: { sidetoneLevel: 3, ancMode: 'off', deviceName: 'Desk 4' },
      locked: ['sidetoneLevel'],
      errors: [],
    });
    expect(headset.state.settings.get('deviceName')).toBe('Desk 4');
    expect(headset.writes).toBe(3);
    expect(dataOf('settings.applied')).toEqual([{ cause: 'published', revision: 7, written: ['sidetoneLevel', 'ancMode', 'deviceName'] }]);
    expect(bench.eventTypes(id)).toEqual(['device.connected', 'settings.applied']);
  });

  it('holds what is locked also where a user changes it before it is read back, and tells of both', async () => {
    await bench.start();
    headset.behave(changedBeforeReadBack(6, 1));
    await bench.desire(id, 7, { sidetoneLevel: { value: 3, locked: true } });
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(dataOf('settings.applied')).toEqual([{ cause: 'published', revision: 7, written: ['sidetoneLevel'] }]);
    expect(dataOf('settings.lock-enforced')).toEqual([{ keys: ['sidetoneLevel'], revision: 7 }]);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: 3 }, errors: [] });
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
  });

  it('asks once more at most of a device that announces another value each time', async () => {
    await bench.start();
    headset.behave(changedBeforeReadBack(6, Infinity));
    await bench.desire(id, 7, { sidetoneLevel: { value: 3, locked: true } });
    await bench.advance(120_000);
    expect(headset.writes).toBe(2);
    expect(bench.document(id).settings).toMatchObject({ state: 'failed', values: { sidetoneLevel: 6 }, errors: [{ code: 'device-rejected' }] });
  });

  it('writes no value that the device holds already', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 0, locked: true }, ancMode: { value: 'anc' }, voiceGuidance: { value: 'off' } });
    expect(headset.writes).toBe(1);
    expect(writesTo(voiceGuidance[1])).toBe(1);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', locked: ['sidetoneLevel'] });
    await bench.desire(id, 2, { sidetoneLevel: { value: 0 }, ancMode: { value: 'anc' }, voiceGuidance: { value: 'off' } });
    await bench.restart();
    await replug();
    expect(headset.writes).toBe(1);
    expect(dataOf('settings.applied')).toEqual([
      { cause: 'published', revision: 1, written: ['voiceGuidance'] },
      { cause: 'published', revision: 2, written: [] },
    ]);
  });

  it('writes two settings of one message together, and each without touching the other', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneEnabled: { value: false }, sidetoneLevel: { value: -9 } });
    expect(writesTo(sidetone[1])).toBe(1);
    // 13/7C: muted, -9.
    expect(headset.received.findLast(({ packet }) => packet?.type === PacketType.write)?.packet?.payload.slice(0, 2)).toEqual(Uint8Array.of(1, 0xf7));
    await bench.desire(id, 2, { sidetoneLevel: { value: 6 } });
    expect(headset.state.settings.get('sidetoneEnabled')).toBe(false);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(6);
    headset.setLocally('sidetoneLevel', 3);
    await bench.advance(100);
    await bench.desire(id, 3, { sidetoneEnabled: { value: true } });
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(bench.document(id).settings.values).toMatchObject({ sidetoneEnabled: true, sidetoneLevel: 3 });
  });

  it('reports what the device refuses, and the others hold', async () => {
    headset.behave(refuses(...voiceGuidance, 0xf0, PacketType.write));
    await bench.start();
    await bench.desire(id, 1, {
      sidetoneLevel: { value: 3 },
      voiceGuidance: { value: 'off', locked: true },
      ancLevel: { value: 5 },
      autoPairing: { value: true },
      noSuchSetting: { value: 1 },
      muteReminderSeconds: { value: 5 },
      soundMode: { value: 'any' },
    });
    expect(bench.document(id).settings).toMatchObject({
      state: 'failed',
      appliedRevision: 1,
      values: { sidetoneLevel: 3, ancLevel: 5, voiceGuidance: 'voice' },
      locked: ['voiceGuidance'],
    });
    expect(
      bench
        .document(id)
        .settings.errors.map(({ key, code }) => `${key} ${code}`)
        .toSorted(),
    ).toEqual([
      'autoPairing not-supported',
      'muteReminderSeconds invalid-value',
      'noSuchSetting unknown-setting',
      'soundMode not-supported',
      'voiceGuidance device-rejected',
    ]);
    expect(dataOf('settings.applied')).toEqual([]);
    expect(dataOf('settings.failed')).toMatchObject([{ cause: 'published', revision: 1, written: ['sidetoneLevel', 'ancLevel'] }]);
  });

  it('reports a firmware that doesn’t have a setting as not supporting it', async () => {
    headset.behave(refuses(...voiceGuidance, 0xff));
    await bench.start();
    await bench.desire(id, 1, { voiceGuidance: { value: 'off' } });
    expect(bench.document(id).settings.errors).toMatchObject([{ key: 'voiceGuidance', code: 'not-supported' }]);
  });

  it('reports silence as a time-out, and tries again at the next connect', async () => {
    await bench.start();
    const end = headset.behave(silentAbout(...voiceGuidance));
    void bench.desire(id, 1, { voiceGuidance: { value: 'off', locked: true }, sidetoneLevel: { value: 3 } });
    await bench.advance(10_000);
    expect(bench.document(id).settings).toMatchObject({
      state: 'failed',
      appliedRevision: 1,
      values: { sidetoneLevel: 3 },
      errors: [{ key: 'voiceGuidance', code: 'device-timeout' }],
    });
    end();
    // Not before the next connect, locked or not.
    await bench.advance(300_000);
    expect(writesTo(voiceGuidance[1])).toBe(0);
    await replug();
    expect(headset.state.settings.get('voiceGuidance')).toBe('off');
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', errors: [] });
    expect(dataOf('settings.applied')).toEqual([{ cause: 'connect', revision: 1, written: ['voiceGuidance'] }]);
  });

  it('fails once for what stays refused, connect after connect', async () => {
    headset.behave(refuses(...voiceGuidance, 0xf0, PacketType.write));
    await bench.start();
    await bench.desire(id, 1, { voiceGuidance: { value: 'off' } });
    await replug();
    await replug();
    expect(bench.eventsOf(id, 'settings.failed')).toHaveLength(1);
    expect(writesTo(voiceGuidance[1])).toBe(3);
  });

  it('is told as failed again where a connect puts something back and something is still refused', async () => {
    headset.behave(refuses(...voiceGuidance, 0xf0, PacketType.write));
    await bench.start();
    await bench.desire(id, 1, { voiceGuidance: { value: 'off' }, ancLevel: { value: 5 } });
    headset.powerCut();
    await bench.advance(1000);
    expect(dataOf('settings.failed')).toMatchObject([{ cause: 'published' }, { cause: 'connect', written: ['ancLevel'] }]);
    expect(dataOf('settings.applied')).toEqual([]);
  });

  it('that was interrupted by an unplug is applied when the device is back', async () => {
    await bench.start();
    const end = headset.behave({
      name: 'pulled',
      onPacket: ({ type, subcommand }, context) => {
        if (type === PacketType.write && subcommand === voiceGuidance[1]) context.leave(null);
        return undefined;
      },
    });
    void bench.desire(id, 1, { sidetoneLevel: { value: 3 }, voiceGuidance: { value: 'off' }, ancLevel: { value: 5 } });
    await bench.advance(1000);
    expect(bench.document(id)).toMatchObject({
      connection: { status: 'disconnected' },
      settings: { state: 'pending-device', desiredRevision: 1, appliedRevision: null, errors: [] },
    });
    end();
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', appliedRevision: 1 });
    expect(dataOf('settings.applied')).toMatchObject([{ cause: 'published', revision: 1 }]);
    expect(writesTo(sidetone[1])).toBe(1);
  });

  it('leaves what an earlier revision wanted and this one doesn’t name', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true } });
    await bench.desire(id, 2, { ancLevel: { value: 5 } });
    expect(bench.document(id).settings).toMatchObject({ values: { sidetoneLevel: 3, ancLevel: 5 }, locked: [] });
    headset.setLocally('sidetoneLevel', -6);
    headset.powerCut();
    await bench.advance(120_000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(0);
  });
});

describe('a revision that waits', () => {
  it('for a login changes nothing, and is applied when it is released', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true } });
    await bench.desire(id, 2, { sidetoneLevel: { value: 6, locked: true }, ancLevel: { value: 5 } }, { waitsForLogin: 'login-1' });
    expect(bench.document(id).settings).toMatchObject({
      state: 'pending-login',
      desiredRevision: 2,
      appliedRevision: 1,
      values: { sidetoneLevel: 3 },
      locked: ['sidetoneLevel'],
    });
    expect(dataOf('settings.pending')).toEqual([{ revision: 2, reason: 'login' }]);
    // Locks and connects follow the applied one meanwhile.
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    headset.powerCut();
    await bench.advance(1000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(headset.state.settings.get('ancLevel')).toBe(3);
    await bench.clock.complete(bench.manager.release('login-1'));
    await bench.advance(10);
    expect(bench.document(id).settings.appliedRevision).toBe(1);
    await bench.clock.complete(bench.manager.release('login-2'));
    await bench.advance(10);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', appliedRevision: 2, values: { sidetoneLevel: 6, ancLevel: 5 } });
  });

  it('enforces nothing where nothing was applied yet', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true } }, { waitsForLogin: 'login-1' });
    headset.setLocally('sidetoneLevel', -6);
    await replug();
    await bench.advance(120_000);
    expect(headset.writes).toBe(0);
    expect(bench.document(id).settings).toMatchObject({ state: 'pending-login', appliedRevision: null, locked: [], values: { sidetoneLevel: -6 } });
  });

  it('for the device is applied when it connects', async () => {
    await bench.start();
    bench.bus.unplug(headset);
    await bench.advance(1000);
    await bench.desire(id, 1, { sidetoneLevel: { value: 3 } }, { waitsForLogin: 'login-1' });
    expect(bench.document(id).settings.state).toBe('pending-login');
    await bench.clock.complete(bench.manager.release('login-2'));
    await bench.advance(10);
    expect(bench.document(id).settings.state).toBe('pending-device');
    expect(dataOf('settings.pending')).toEqual([
      { revision: 1, reason: 'login' },
      { revision: 1, reason: 'device' },
    ]);
    await bench.restart();
    expect(bench.document(id).settings.state).toBe('pending-device');
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', appliedRevision: 1 });
    expect(dataOf('settings.applied')).toMatchObject([{ cause: 'published' }]);
  });
});

describe('the applied revision', () => {
  it('is put back on connect after a power cut, and says why', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3 }, ancMode: { value: 'off', locked: true }, voiceGuidance: { value: 'voice' } });
    headset.powerCut();
    expect(headset.state.settings.get('sidetoneLevel')).toBe(0);
    await bench.advance(1000);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: 3, ancMode: 'off' } });
    expect(dataOf('settings.applied').at(-1)).toEqual({ cause: 'connect', revision: 1, written: ['sidetoneLevel', 'ancMode'] });
    expect(bench.eventTypes(id)).toEqual(['device.connected', 'settings.applied', 'device.disconnected', 'device.connected', 'settings.applied']);
    expect(writesTo(voiceGuidance[1])).toBe(0);
  });

  it('is put back when the agent comes back and finds it lost', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3 } });
    await bench.stop();
    headset.powerCut();
    await bench.advance(1000);
    await bench.start();
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(bench.eventTypes(id)).toEqual(['device.connected', 'settings.applied', 'settings.applied']);
  });

  it('leaves an unlocked change of the user alone while the device stays connected, and not beyond', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3 }, ancMode: { value: 'off', locked: true } });
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(600_000);
    await bench.manager.device(id)?.refresh();
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: -6 } });
    await replug();
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(bench.document(id).settings.values['sidetoneLevel']).toBe(3);
  });

  it('says nothing where a connect puts nothing back', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3 } });
    await replug();
    expect(bench.eventsOf(id, 'settings.applied')).toHaveLength(1);
  });

  it('is forgotten with its document: locks are released, values stay', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true }, noSuchSetting: { value: 1 } });
    await bench.clock.complete(bench.manager.desiredForgotten(id));
    await bench.advance(10);
    expect(bench.document(id).settings).toMatchObject({
      desiredRevision: null,
      appliedRevision: null,
      state: 'in-sync',
      values: { sidetoneLevel: 3 },
      locked: [],
      errors: [],
    });
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(120_000);
    await replug();
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    await bench.restart();
    expect(bench.document(id).settings.appliedRevision).toBeNull();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true } });
    expect(bench.document(id).settings.appliedRevision).toBe(1);
  });

  it('is forgotten also where only the desired document was lost', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true } });
    await bench.stop();
    await bench.lose('desired', id);
    await bench.start();
    await bench.clock.complete(bench.manager.desiredForgotten(id));
    await bench.advance(10);
    expect(bench.document(id).settings).toMatchObject({ appliedRevision: null, locked: [] });
  });
});

describe('a firmware on which nothing may be written', () => {
  const frozen: DesiredFirmware = { management: 'unmanaged', unsupportedVersions: ['1.8.13'] };

  it('gets nothing, and says so of each setting', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true }, ancLevel: { value: 5 } }, { firmware: frozen });
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(120_000);
    await replug();
    expect(headset.writes).toBe(0);
    expect(bench.document(id).settings).toMatchObject({
      state: 'failed',
      appliedRevision: 1,
      locked: [],
      errors: [
        { key: 'sidetoneLevel', code: 'firmware-unsupported' },
        { key: 'ancLevel', code: 'firmware-unsupported' },
      ],
    });
    expect(bench.eventsOf(id, 'settings.failed')).toHaveLength(1);
  });

  it('gets everything once it is another', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true } }, { firmware: frozen });
    headset.state.version = '1.11.7';
    await replug();
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: 3 }, locked: ['sidetoneLevel'], errors: [] });
    expect(dataOf('settings.applied')).toMatchObject([{ cause: 'connect', written: ['sidetoneLevel'] }]);
  });

  it('is not written to before its version is known', async () => {
    const end = headset.behave(silentAbout(...version));
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3 } }, { firmware: frozen });
    expect(bench.document(id).settings.errors).toMatchObject([{ code: 'device-timeout' }]);
    expect(headset.writes).toBe(0);
    end();
    await bench.advance(30_000);
    expect(bench.document(id).settings.errors).toMatchObject([{ code: 'firmware-unsupported' }]);
    expect(headset.writes).toBe(0);
  });

  it('is kept from locks by a revision that still waits: firmware waits for no login', async () => {
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true } });
    await bench.desire(id, 2, { sidetoneLevel: { value: 3, locked: true } }, { firmware: frozen, waitsForLogin: 'login-1' });
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(120_000);
    expect(headset.writes).toBe(1);
  });
});

describe('through faults', () => {
  it.each([
    ['a lost answer', faults.drop(1), 1],
    ['two lost answers', faults.drop(2), 1],
    ['doubled answers', faults.duplicate(500), 1],
    ['a late answer', faults.late(1, 1500), 1],
    ['garbage', faults.garbage(2), 1],
  ])('%s, a setting arrives and is written once', async (_, fault, writes) => {
    await bench.start();
    headset.behave(fault);
    void bench.desire(id, 1, { voiceGuidance: { value: 'off' } });
    await bench.advance(60_000);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', values: { voiceGuidance: 'off' } });
    expect(headset.writes).toBe(writes);
  });

  it('an acknowledgement that is lost is no reason to write again', async () => {
    await bench.start();
    let lost = 0;
    headset.behave({
      name: 'deaf ACK',
      onPacket: ({ type }, context) => {
        if (type !== PacketType.write || lost > 0) return undefined;
        lost += 1;
        context.next();
        return { kind: 'silence' };
      },
    });
    void bench.desire(id, 1, { voiceGuidance: { value: 'off' } });
    await bench.advance(10_000);
    expect(headset.writes).toBe(1);
    expect(bench.document(id).settings.state).toBe('in-sync');
  });
});
