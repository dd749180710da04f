import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DesiredFirmware, deviceFirmwareSchema, type FirmwareErrorCode, firmwareErrorCodes } from '../../contract/index.ts';
import type { LocalTimeAt } from '../../ports/index.ts';
import type { PackageState } from './package-state.ts';
import { type FirmwareAction, type FirmwareInput, mayBeInstalling, mayWrite, planFirmware } from './plan.ts';
import { type FirmwareRecord, recordFor } from './record.ts';

const hour = 3_600_000;
const minute = 60_000;
const now = Date.UTC(2026, 10, 25, 12);
const noon: LocalTimeAt = () => ({ weekday: 'wed', minutes: 720 });

const managed: DesiredFirmware = {
  management: 'managed',
  version: '2.3.4',
  package: { url: 'https://packages.example/2.3.4.zip', sha256: 'ab'.repeat(32), size: 1000 },
};
const plain = recordFor(null, { version: '2.3.4', revision: 7 });
const record = (changes: Partial<FirmwareRecord>): FirmwareRecord => ({ ...plain, ...changes });

/** A device that nothing keeps from its update. */
const ready: FirmwareInput = {
  now,
  localTime: noon,
  rules: { postponeLimit: 3, postponeHours: 24 },
  isAttended: false,
  desired: { firmware: managed, revision: 7 },
  device: { version: '1.8.13', isConnected: true, battery: { level: 80 }, isReachable: true, obstacle: null, isInCall: false },
  package: { kind: 'ready' },
  record: null,
  running: null,
  isBusy: false,
  retryAt: null,
};
const asked: FirmwareInput = { ...ready, isAttended: true };

const input = (changes: Partial<FirmwareInput>, device: Partial<FirmwareInput['device']> = {}): FirmwareInput => ({
  ...ready,
  ...changes,
  device: { ...ready.device, ...device },
});

/** What it says in short, and what it does. */
function short(given: FirmwareInput): string {
  const { firmware, action } = planFirmware(given);
  const { status, reason, progress, error } = firmware;
  return [status, reason, progress, error?.code, action.kind === 'none' ? null : `> ${action.kind}`]
    .filter((part) => part !== null && part !== undefined)
    .join(' ');
}

const night = { updateWindow: { start: '22:00', end: '06:00' }, postponeLimit: 3, postponeHours: 24 };
const running = { version: '2.3.4', phase: 'transferring' as const, progress: 45, isAway: false };
const failure = { code: 'device-error', message: 'it refused' } as const;
const committing = record({ begun: { from: '1.8.13', to: '2.3.4' }, journal: { format: 1, phase: 'committing' } });

describe('the plan says of a device', () => {
  it.each<[string, FirmwareInput, string]>([
    ['that nothing is known of', input({}, { version: null }), 'unknown'],
    ['that nobody desires anything of', input({ desired: null }), 'unmanaged'],
    ['that is left alone', input({ desired: { firmware: { management: 'unmanaged' }, revision: 7 } }), 'unmanaged'],
    ['that runs it', input({}, { version: '2.3.4' }), 'latest'],
    ['that runs it, at the end of its update', input({ running }, { version: '2.3.4' }), 'latest'],
    ['that runs something newer', input({}, { version: '3.0.0' }), 'failed downgrade-refused > fail'],
    [
      'of which that was told',
      input({ record: record({ failure: { ...failure, code: 'downgrade-refused' } }) }, { version: '3.0.0' }),
      'failed downgrade-refused',
    ],
    ['that runs something older since', input({ record: record({ failure: { ...failure, code: 'downgrade-refused' } }) }), 'pending > start'],
    ['for which no package is named', input({ desired: { firmware: { management: 'managed', version: '2.3.4' }, revision: 7 } }), 'available'],
    ['that may begin', ready, 'pending > start'],
    ['whose package is not here', input({ package: { kind: 'missing' } }), 'pending downloading > download'],
    ['whose package is on its way', input({ package: { kind: 'downloading', done: 1, total: 2 } }), 'pending downloading'],
    ['whose package waits for the network', input({ package: { kind: 'waiting', until: now + 1 } }), 'pending downloading'],
    ['whose package has waited', input({ package: { kind: 'waiting', until: now } }), 'pending downloading > download'],
    [
      'whose package is of no use',
      input({ package: { kind: 'failed', error: { code: 'hash-mismatch', message: '' } } }),
      'failed hash-mismatch > fail',
    ],
    ['that is away', input({}, { isConnected: false }), 'pending disconnected'],
    ['that is away, and for which nothing is downloaded', input({ package: { kind: 'missing' } }, { isConnected: false }), 'pending disconnected'],
    ['that is on a radio link of this PC', input({}, { isReachable: false }), 'pending disconnected'],
    ['that nobody vouches for', input({}, { obstacle: 'no way' }), 'failed device-error > fail'],
    ['that is in a call', input({}, { isInCall: true }), 'pending in-call'],
    ['with a battery at 29 %', input({}, { battery: { level: 29 } }), 'pending battery-low'],
    ['with a battery at 30 %', input({}, { battery: { level: 30 } }), 'pending > start'],
    ['whose battery nobody knows', input({}, { battery: { level: null } }), 'pending battery-low'],
    ['without a battery', input({}, { battery: null }), 'pending > start'],
    ['at noon, with a window at night', input({ rules: night }), 'pending outside-window'],
    ['at midnight, with a window at night', input({ rules: night, localTime: () => ({ weekday: 'wed', minutes: 0 }) }), 'pending > start'],
    ['beside another update', input({ isBusy: true }), 'pending busy'],
    ['right after something went wrong', input({ retryAt: now + 1 }), 'pending busy'],
    ['some time after something went wrong', input({ retryAt: now }), 'pending > start'],
    ['that takes firmware', input({ running }), 'updating 45'],
    ['that was pulled out meanwhile', input({ running: { ...running, isAway: true } }), 'pending disconnected'],
    ['that takes what is no longer desired', input({ running: { ...running, version: '2.0.0' } }), 'pending busy'],
    ['that failed', input({ record: record({ failure }) }), 'failed device-error'],
    ['that failed and is away', input({ record: record({ failure }) }, { isConnected: false }), 'failed device-error'],
    ['that failed for an earlier revision', input({ record: record({ failure, revision: 6 }) }), 'pending > start'],
    ['that failed for another version', input({ record: record({ failure, version: '2.0.0' }) }), 'pending > start'],
    [
      'that may be installing, in a call at noon',
      input({ rules: night, record: committing }, { isInCall: true, battery: { level: 1 } }),
      'pending > start',
    ],
    ['that may be installing, beside another update', input({ record: committing, isBusy: true }), 'pending busy'],
    ['that may be installing, and was asked just now', input({ record: committing, retryAt: now + 1 }), 'pending busy'],
    ['that was begun and not ended, whoever is there', { ...asked, record: record({ begun: { from: '1.8.13', to: '2.3.4' } }) }, 'pending > start'],
    ['that was begun for another version', { ...asked, record: record({ begun: { from: '1.8.13', to: '2.0.0' } }) }, 'pending > ask'],
  ])('%s', (_, given, expected) => {
    expect(short(given)).toBe(expected);
  });
});

describe('a person', () => {
  it.each<[string, Partial<FirmwareRecord>, Partial<FirmwareInput>, string]>([
    ['is asked', {}, {}, 'pending > ask'],
    ['was asked', { askedAt: now - 24 * hour + 1 }, {}, 'pending'],
    ['did not answer', { askedAt: now - 24 * hour }, {}, 'pending > postpone'],
    ['was asked before the clock was set back', { askedAt: now + 1 }, {}, 'pending > postpone'],
    ['agreed', { isAgreed: true }, {}, 'pending > start'],
    ['put it off', { postponements: 1, postponedUntil: now + 1 }, {}, 'postponed postponed-by-user'],
    ['put it off, and has gone home', { postponements: 1, postponedUntil: now + 1 }, { isAttended: false }, 'postponed postponed-by-user'],
    ['put it off long enough', { postponements: 1, postponedUntil: now }, {}, 'pending > ask'],
    ['put it off before the clock was set back', { postponements: 1, postponedUntil: now + 24 * hour + 1 }, {}, 'pending > ask'],
    ['put it off and then agreed', { postponements: 1, postponedUntil: now + 1, isAgreed: true }, {}, 'pending > start'],
    ['put it off as often as they may', { postponements: 3 }, {}, 'pending > announce'],
    ['may not put it off at all', {}, { rules: { postponeLimit: 0, postponeHours: 24 } }, 'pending > announce'],
    [
      'may put it off less often than they did',
      { postponements: 2, askedAt: now - 1 },
      { rules: { postponeLimit: 1, postponeHours: 24 } },
      'pending > announce',
    ],
    ['was told', { postponements: 3, announcedAt: now - 15 * minute + 1 }, {}, 'pending'],
    ['was told 15 minutes ago', { postponements: 3, announcedAt: now - 15 * minute }, {}, 'pending > start'],
    ['was told, and the window is closed', { announcedAt: now - 15 * minute }, { rules: night }, 'pending outside-window'],
    ['was told, and agreed at once', { announcedAt: now, isAgreed: true }, {}, 'pending > start'],
    ['is asked whatever keeps the update', {}, { rules: night, isBusy: true }, 'pending > ask'],
    ['agreed, and the window is closed', { isAgreed: true }, { rules: night }, 'pending outside-window'],
  ])('%s', (_, changes, more, expected) => {
    expect(short({ ...asked, ...more, record: record(changes) })).toBe(expected);
  });

  it('is shown what counts', () => {
    const prompt = (changes: Partial<FirmwareRecord>) => {
      const { prompt: shown, lookAt } = planFirmware({ ...asked, record: record(changes) });
      return { shown, lookAt };
    };
    expect(prompt({ askedAt: now - hour, postponements: 1 })).toEqual({
      shown: { kind: 'ask', version: '2.3.4', postponementsLeft: 2, postponeHours: 24, expiresAt: now + 23 * hour, installsAfter: now + 47 * hour },
      lookAt: now + 23 * hour,
    });
    expect(prompt({ announcedAt: now })).toEqual({
      shown: { kind: 'announce', version: '2.3.4', startsAt: now + 15 * minute, postponedTimes: 0 },
      lookAt: now + 15 * minute,
    });
    expect(prompt({ postponedUntil: now + hour, postponements: 3 })).toEqual({
      shown: { kind: 'postponed', version: '2.3.4', until: now + hour, postponementsLeft: 0 },
      lookAt: now + hour,
    });
    expect(prompt({ isAgreed: true })).toEqual({ shown: null, lookAt: null });
  });
});

describe('whatever happens', () => {
  const moment = fc.oneof(
    fc.constant(null),
    fc.integer({ min: -72 * hour, max: 72 * hour }).map((offset) => now + offset),
  );
  const version = fc.constantFrom('1.8.13', '2.3.4', '3.0.0', 'ROM-7');
  const anyError = fc.constantFrom<FirmwareErrorCode>(...firmwareErrorCodes).map((code) => ({ code, message: 'm' }));
  const anyRecord: fc.Arbitrary<FirmwareRecord> = fc.record({
    version: fc.constantFrom('2.3.4', '2.0.0'),
    revision: fc.constantFrom(6, 7),
    postponements: fc.nat(4),
    postponedUntil: moment,
    askedAt: moment,
    announcedAt: moment,
    isAgreed: fc.boolean(),
    failure: fc.option(anyError),
    begun: fc.option(fc.record({ from: version, to: version })),
    phase: fc.constantFrom(null, 'checking', 'transferring', 'verifying', 'installing'),
    cutOffs: fc.constant({}),
    journal: fc.constantFrom(null, { phase: 'committing' }, { phase: 'writing' }, { kind: 'file-update-started' }),
  });
  const anyPackage: fc.Arbitrary<PackageState> = fc.oneof(
    fc.constantFrom<PackageState>(
      { kind: 'missing' },
      { kind: 'ready' },
      { kind: 'downloading', done: 1, total: 2 },
      { kind: 'waiting', until: now + 1 },
    ),
    anyError.map((error): PackageState => ({ kind: 'failed', error })),
  );
  const anyInput: fc.Arbitrary<FirmwareInput> = fc.record({
    now: fc.constant(now),
    localTime: fc.record({ weekday: fc.constantFrom('wed' as const, 'sun' as const), minutes: fc.nat(1439) }).map((time) => () => time),
    rules: fc
      .record({ postponeLimit: fc.nat(3), postponeHours: fc.constantFrom(1, 24) })
      .chain((rules) => fc.constantFrom(rules, { ...night, ...rules })),
    isAttended: fc.boolean(),
    desired: fc.option(
      fc.record({
        firmware: fc.constantFrom<DesiredFirmware>(
          managed,
          { ...managed, allowDowngrade: true },
          { management: 'managed', version: '2.3.4' },
          { management: 'unmanaged' },
        ),
        revision: fc.constant(7),
      }),
    ),
    device: fc.record({
      version: fc.option(version),
      isConnected: fc.boolean(),
      battery: fc.option(fc.record({ level: fc.option(fc.nat(100)) })),
      isReachable: fc.boolean(),
      obstacle: fc.option(fc.constant('no way'), { freq: 10 }),
      isInCall: fc.boolean(),
    }),
    package: anyPackage,
    record: fc.option(anyRecord),
    running: fc.option(
      fc.record({ version, phase: fc.constant('transferring' as const), progress: fc.constantFrom(0, 50, 100), isAway: fc.boolean() }),
    ),
    isBusy: fc.boolean(),
    retryAt: moment,
  });
  const runs = { numRuns: 400 };

  it('the document is one of the contract', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        expect(deviceFirmwareSchema.parse(planFirmware(given).firmware)).toEqual(planFirmware(given).firmware);
      }),
      runs,
    );
  });

  it('nothing starts in a call, on a low battery, outside the window, beside another update, or against a person’s word', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        if (planFirmware(given).action.kind !== 'start') return;
        const { device, desired, package: state, isBusy, retryAt, isAttended, running: other } = given;
        expect(desired?.firmware).toMatchObject({ management: 'managed', version: '2.3.4' });
        expect([device.isConnected, device.isReachable, state.kind, isBusy, other, device.obstacle]).toEqual([
          true,
          true,
          'ready',
          false,
          null,
          null,
        ]);
        expect(retryAt ?? now).toBeLessThanOrEqual(now);
        const kept = recordFor(given.record, { version: '2.3.4', revision: 7 });
        if (mayBeInstalling(kept)) return;
        expect(mayWrite(given)).toBe(true);
        expect(device.isInCall).toBe(false);
        expect(device.battery?.level ?? (device.battery ? 0 : 100)).toBeGreaterThanOrEqual(30);
        const wasAnnounced = kept.announcedAt !== null && (kept.announcedAt > now || kept.announcedAt + 15 * minute <= now);
        expect(kept.isAgreed || kept.begun?.to === '2.3.4' || !isAttended || wasAnnounced).toBe(true);
      }),
      runs,
    );
  });

  it('a plan is looked at again later, not now', () => {
    fc.assert(
      fc.property(anyInput, (given) => {
        const { lookAt, action } = planFirmware(given);
        if (lookAt !== null) expect(lookAt).toBeGreaterThan(now);
        if (lookAt !== null) expect(action).toEqual<FirmwareAction>({ kind: 'none' });
      }),
      runs,
    );
  });
});
