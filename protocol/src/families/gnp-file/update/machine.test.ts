import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type FileUpdateEvent,
  type FileUpdateNext,
  type FileUpdatePlan,
  type FileUpdateState,
  type FileUpdateStep,
  initialState,
  nextState,
  resumedState,
  watchMs,
} from './machine.ts';
import { fileUpdateTiming, maxAttempts } from './timing.ts';

const plan: FileUpdatePlan = { version: '8.1.0', dfuProductIds: [0x3010], size: 12_000, md5: 'aa' };
const error = new Error('of a test');

const good: FileUpdateEvent = { kind: 'identity', version: '8.1.0', dfuProductId: 0x3010 };
const old: FileUpdateEvent = { kind: 'identity', version: '8.0.7', dfuProductId: 0x3010 };
const done: FileUpdateEvent = { kind: 'done' };
const idle: FileUpdateEvent = { kind: 'status', idle: true };
const busy: FileUpdateEvent = { kind: 'status', idle: false };
const same: FileUpdateEvent = { kind: 'checksum', md5: 'aa' };
const other: FileUpdateEvent = { kind: 'checksum', md5: 'bb' };
const none: FileUpdateEvent = { kind: 'checksum', md5: null };
const failures: readonly FileUpdateEvent[] = [
  { kind: 'silent', error },
  { kind: 'refused', error },
  { kind: 'lost', error },
];

/** What can come of each step; what everybody hopes for comes first. */
const possible: Readonly<Record<FileUpdateStep, readonly FileUpdateEvent[]>> = {
  connect: [done, { kind: 'absent' }],
  identify: [old, good, { ...old, dfuProductId: 0x3080 }, { ...old, version: null }, ...failures],
  settle: [idle, busy, ...failures],
  compare: [none, other, same, ...failures],
  remove: [done, ...failures],
  begin: [done, ...failures],
  send: [done, ...failures],
  verify: [same, other, none, ...failures],
  ready: [idle, busy, ...failures],
  start: [done, ...failures],
  install: [{ kind: 'left' }, { kind: 'elapsed' }],
  prove: [good, old, { ...old, version: null }, ...failures],
  wait: [done],
};

/** How long a step takes at most. */
const lasts = (state: FileUpdateState, event: FileUpdateEvent, now: number): number => {
  if (state.step === 'wait') return state.wait?.ms ?? 0;
  if (event.kind === 'elapsed') return watchMs(state, now);
  return event.kind === 'silent' ? 3000 : 10;
};

interface Step {
  readonly step: FileUpdateStep;
  readonly event: FileUpdateEvent;
  readonly installing: boolean;
}

/** Runs an update with what `choose` lets come of each step. Throws where it doesn't end. */
function run(choose: (state: FileUpdateState) => FileUpdateEvent, from: FileUpdateState = initialState) {
  let now = 0;
  let next: FileUpdateNext = from;
  const steps: Step[] = [];
  while (next.step !== 'end') {
    if (steps.length > 5000) throw new RangeError('it doesn’t end');
    const event = choose(next);
    now += lasts(next, event, now);
    steps.push({ step: next.step, event, installing: next.installing !== null });
    next = nextState(plan, next, event, now);
  }
  return { steps, outcome: next.outcome, now };
}

const hoped = (state: FileUpdateState): FileUpdateEvent => possible[state.step][0] ?? done;

describe('the machine of an update by file', () => {
  test('takes an update without incidents through every step once, and its blocks in three windows', () => {
    const { steps, outcome } = run(hoped);
    expect(steps.map(({ step }) => step).join(' ')).toBe(
      'connect identify settle compare remove begin send send send verify ready start install connect prove',
    );
    expect(outcome).toEqual({ status: 'updated', version: '8.1.0' });
  });

  test('uses up its attempts, and no more', () => {
    const { steps } = run((state) => (state.step === 'begin' ? { kind: 'refused', error } : hoped(state)));
    expect(steps.filter(({ step }) => step === 'begin')).toHaveLength(maxAttempts);
  });

  test('goes on over one missing acknowledgement, and not over two', () => {
    const missing = (windows: readonly number[]) => {
      let window = 0;
      return run((state) => {
        if (state.step !== 'send') return hoped(state);
        window += 1;
        return windows.includes(window) ? { kind: 'silent', error } : done;
      });
    };
    expect(missing([2]).steps.filter(({ step }) => step === 'begin')).toHaveLength(1);
    expect(missing([1, 2]).steps.filter(({ step }) => step === 'begin')).toHaveLength(2);
    expect(missing([1, 3]).outcome.status).toBe('updated');
  });

  test('that was resumed waits for the device, and begins anew where it turns out that nothing was started', () => {
    let told = 0;
    const { steps, outcome } = run(
      (state) => {
        if (state.step === 'start') told += 1;
        if (state.step === 'install' && told === 0) return { kind: 'elapsed' };
        return state.step === 'prove' && told === 0 ? old : hoped(state);
      },
      resumedState(0, 60_000),
    );
    expect(steps.slice(0, 4).map(({ step }) => step)).toEqual(['connect', 'prove', 'install', 'prove']);
    expect(outcome.status).toBe('updated');
    expect(told).toBe(1);
  });

  test('that was resumed waits for a device that is away, until it should long be back', () => {
    const { outcome, now } = run((state) => (state.step === 'connect' ? { kind: 'absent' } : hoped(state)), resumedState(0, 60_000));
    expect(outcome).toMatchObject({ status: 'failed', reason: 'gone', phase: 'installing' });
    const left = fileUpdateTiming.installMs + fileUpdateTiming.returnMs - 60_000;
    expect([now >= left, now < left + 100]).toEqual([true, true]);
  });
});

test('a device that was away and is back with its old version is given half a minute', () => {
  let looks = 0;
  const { outcome, now } = run(
    (state) => {
      if (state.step === 'connect') {
        looks += 1;
        return looks < 4 ? { kind: 'absent' } : done;
      }
      if (state.step === 'install') return { kind: 'elapsed' };
      return state.step === 'prove' ? old : hoped(state);
    },
    resumedState(0, 60_000),
  );
  expect(outcome).toMatchObject({ status: 'failed', reason: 'not-installed' });
  expect(now).toBeGreaterThan(fileUpdateTiming.lingerMs);
  expect(now).toBeLessThan(3 * fileUpdateTiming.lookMs + fileUpdateTiming.lingerMs + 1000);
});

const writes: readonly FileUpdateStep[] = ['remove', 'begin', 'send', 'start'];

test('whatever comes of its steps, it ends, writes only to a device that was idle, and installs only what it proved', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 200 }), fc.boolean(), (choices, resumed) => {
      let turn = 0;
      const { steps, outcome } = run(
        (state) => {
          const events = possible[state.step];
          // What is hoped for comes as often as anything else.
          const choice = choices[turn % choices.length] ?? 0;
          turn += 1;
          return events[choice > 5 ? 0 : choice % events.length] ?? done;
        },
        resumed ? resumedState(0, 1000) : initialState,
      );
      seen.add(outcome.status === 'failed' ? outcome.reason : outcome.status);
      let wasIdle = false;
      let isProven = false;
      let starts = 0;
      for (const { step, event, installing } of steps) {
        if (writes.includes(step)) expect([step, wasIdle, installing]).toEqual([step, true, false]);
        if (step === 'start') expect(isProven).toBe(true);
        if (event.kind === 'status') wasIdle = event.idle;
        if (step === 'connect') wasIdle = false;
        if (event.kind === 'checksum') isProven = event.md5 === plan.md5;
        if (step === 'remove' || step === 'begin' || step === 'send' || step === 'connect') isProven = false;
        if (step === 'start' && event.kind !== 'refused') starts += 1;
      }
      expect(starts).toBeLessThanOrEqual(1);
      const last = steps.at(-1)?.event;
      if (outcome.status === 'updated' || outcome.status === 'current') expect(last).toEqual(good);
    }),
    { numRuns: 300 },
  );
  expect(seen.size).toBeGreaterThan(6);
});
