import { type LocalState, localStateSchema } from '@jpd/agent/local';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AgentState, stateSchema } from '../../bridge/index.ts';
import { appStateOf } from './index.ts';
import { type LocalDevice, localDevice, type LocalFirmware, localFirmware, type LocalRow, localRow, localState } from './testing/local-states.ts';

const time = fc.integer({ min: 0, max: 4e12 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const text = fc.string({ minLength: 1, maxLength: 8 });
const value = fc.oneof(fc.boolean(), fc.integer(), fc.string({ maxLength: 8 }));
const source = fc.record({ kind: fc.constantFrom('standard', 'exception', 'configuration', 'device'), id: fc.constant('cfg-1'), name: fc.string() });

const row: fc.Arbitrary<LocalRow> = fc
  .record({
    value: orNull(value),
    control: fc.oneof(
      fc.constantFrom({ kind: 'switch' as const }, { kind: 'none' as const }),
      fc.record({ kind: fc.constant('slider' as const), values: fc.array(fc.integer(), { minLength: 2, maxLength: 9 }) }),
      fc.record({ kind: fc.constant('choice' as const), values: fc.array(value, { minLength: 1, maxLength: 9 }) }),
      fc.record({ kind: fc.constant('text' as const), maxLength: fc.integer({ min: 1, max: 64 }) }),
    ),
    isLocked: fc.boolean(),
    source: orNull(source),
    since: orNull(time),
    waiting: orNull(fc.record({ value, until: fc.constantFrom('next-login', 'device'), receivedAt: time })),
    problem: orNull(fc.record({ code: fc.constantFrom('device-rejected', 'lock-contested', 'unknown-setting'), wanted: orNull(value) })),
    enforcedAt: orNull(time),
    putBackAt: orNull(time),
  })
  .chain((changed) => text.map((key) => localRow(key, changed)));

const error = fc.record({ code: fc.constantFrom('device-error', 'interrupted', 'hash-mismatch'), message: fc.string() });
const reason = fc.constantFrom('downloading', 'in-call', 'battery-low', 'outside-window', 'disconnected', 'busy');
const quiet = { progress: null, reason: null, error: null } as const;
const deviceFirmware: fc.Arbitrary<LocalDevice['firmware']> = fc.oneof(
  fc.constant({ ...quiet, status: 'unknown' as const, version: null, targetVersion: null }),
  fc.record({ status: fc.constantFrom('unmanaged', 'latest'), version: text }).map((one) => ({ ...quiet, ...one, targetVersion: null })),
  fc.record({ status: fc.constant('available' as const), version: text, targetVersion: text }).map((one) => ({ ...quiet, ...one })),
  fc
    .record({ status: fc.constant('pending' as const), version: text, targetVersion: text, reason: orNull(reason) })
    .map((one) => ({ ...quiet, ...one })),
  fc
    .record({ version: text, targetVersion: text })
    .map((one) => ({ ...quiet, ...one, status: 'postponed' as const, reason: 'postponed-by-user' as const })),
  fc
    .record({ version: text, targetVersion: text, progress: fc.integer({ min: 0, max: 20 }) })
    .map(({ progress, ...one }) => ({ ...quiet, ...one, status: 'updating' as const, progress: progress * 5 })),
  fc.record({ version: text, targetVersion: text, error }).map((one) => ({ ...quiet, ...one, status: 'failed' as const })),
);

const count = fc.nat(5_000_000);
const activity = fc.record({
  phase: fc.constantFrom('checking', 'transferring', 'verifying', 'installing', 'restoring'),
  progress: fc.integer({ min: 0, max: 100 }),
  startedAt: time,
  version: text,
  sent: orNull(fc.record({ done: count, total: count, since: time, doneThen: count })),
  secondsAfterSending: orNull(fc.nat(600)),
});
const firmware: fc.Arbitrary<Partial<LocalFirmware>> = fc.record({
  firmware: deviceFirmware,
  prompt: orNull(
    fc.oneof(
      fc.record({
        kind: fc.constant('ask' as const),
        version: text,
        postponementsLeft: fc.integer({ min: 1, max: 9 }),
        postponeHours: fc.nat(48),
        expiresAt: time,
        installsAfter: time,
      }),
      fc.record({ kind: fc.constant('announce' as const), version: text, startsAt: time, postponedTimes: fc.nat(9) }),
      fc.record({ kind: fc.constant('postponed' as const), version: text, until: time, postponementsLeft: fc.nat(9) }),
    ),
  ),
  download: orNull(fc.record({ done: count, total: count })),
  activity: orNull(activity),
  packageBytes: orNull(count),
  usualMinutes: orNull(fc.integer({ min: 1, max: 90 })),
  isRecoverable: fc.boolean(),
  recovery: orNull(
    fc.oneof(
      fc.record({
        step: fc.constant('prepare' as const),
        others: fc.array(fc.record({ deviceId: text, name: text, isConnected: fc.boolean() }), { maxLength: 3 }),
      }),
      fc.record({ step: fc.constant('waiting' as const), reason: orNull(reason) }),
      activity.map((one) => ({ step: 'running' as const, ...one })),
      fc.record({ step: fc.constant('complete' as const), version: text, unplugged: fc.array(text, { maxLength: 3 }) }),
      fc.record({ step: fc.constant('failed' as const), error }),
    ),
  ),
  checkedAt: orNull(time),
  decidedBy: orNull(source),
  stoppedAt: orNull(fc.integer({ min: 0, max: 100 })),
  lastTry: orNull(fc.record({ startedAt: time, endedAt: time, version: text })),
});

const device = fc.record({
  status: fc.constantFrom('connected', 'disconnected'),
  transport: fc.constantFrom('usb', 'dongle', 'bluetooth'),
  firmware: deviceFirmware,
  view: orNull(firmware),
  rows: orNull(fc.array(row, { maxLength: 4 })),
  battery: orNull(fc.record({ level: orNull(fc.integer({ min: 0, max: 100 })), charging: fc.boolean(), low: fc.boolean() })),
});

const status: fc.Arbitrary<LocalState['status']> = fc.record({
  connection: fc.constantFrom('connected', 'not-connected', 'not-authorised', 'revoked', 'not-set-up'),
  host: fc.string(),
  isEncrypted: fc.boolean(),
  lastContactAt: orNull(time),
  nextTryAt: orNull(time),
  revokedAt: orNull(time),
  queued: fc.nat(10_000),
  usage: fc.constant(null),
  rivals: orNull(fc.array(text, { maxLength: 2 })),
});

const local: fc.Arbitrary<LocalState> = fc
  .record({ status, organizationName: orNull(fc.string()), clientName: orNull(fc.string()), devices: fc.array(device, { maxLength: 4 }) })
  .map(({ devices, ...rest }) => {
    const ids = devices.map((_, index) => `24da-${index}`);
    const each = devices.map((one, index) => ({ ...one, deviceId: ids[index] ?? '' }));
    return localState({
      ...rest,
      devices: each.map(({ deviceId, status: connected, transport, firmware: told, battery }) =>
        localDevice(deviceId, {
          connection: { status: connected, transport, parentDeviceId: ids[0] ?? null, lastSeenAt: '2026-11-22T08:00:00.000Z' },
          firmware: told,
          battery,
        }),
      ),
      settings: each.flatMap(({ deviceId, rows }) => (rows ? [{ deviceId, rows }] : [])),
      firmware: each.flatMap(({ deviceId, view }) => (view ? [localFirmware(deviceId, view)] : [])),
    });
  });

const process: fc.Arbitrary<AgentState> = fc.oneof(
  fc.constantFrom({ state: 'starting' as const }, { state: 'running' as const }, { state: 'standby' as const }),
  fc.record({
    state: fc.constant('stopped' as const),
    code: fc.constantFrom('configuration', 'fault'),
    problems: fc.array(fc.string(), { maxLength: 2 }),
  }),
);

it('is shown by a window whatever an agent says', () => {
  const own = { version: '1', preferences: { language: 'ja', batteryNotice: false, hasSeenFirstRun: true }, pairing: null } as const;
  fc.assert(
    fc.property(process, orNull(local), (program, said) => {
      if (said) expect(localStateSchema.safeParse(said).error).toBeUndefined();
      const state = appStateOf({ process: program, local: said }, own);
      expect(stateSchema.parse(state)).toEqual(state);
      expect(new Set(state.devices.map(({ deviceId }) => deviceId))).toEqual(new Set(said?.devices.map(({ deviceId }) => deviceId)));
      for (const { firmware: view, connection, battery } of state.devices) {
        if (view.activity && view.activity.phase !== 'restoring') expect(view.activity.progress).toBeLessThan(100);
        if (connection.status === 'disconnected') expect(battery).toBeNull();
      }
    }),
    { numRuns: 60 },
  );
});
