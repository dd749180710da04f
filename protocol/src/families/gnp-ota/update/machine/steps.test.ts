import { describe, expect, test } from 'vitest';
import { transition, updateLimits } from './index.ts';
import {
  ack,
  begin,
  block,
  elapsed,
  erased,
  imageDone,
  lost,
  machine,
  planOf,
  refused,
  sendingFrom,
  sent,
  type Told,
  unanswered,
  verified,
} from './testing/machine-bench.ts';

const wait = (milliseconds: number) => ({ kind: 'wait', milliseconds });
const write = (what: string) => ({ kind: 'write', what });
const save = (phase: string) => ({ kind: 'save', phase });

const saved: Told = { kind: 'saved' };
const restarted: Told = { kind: 'restarted' };
const absent: Told = { kind: 'absent' };

/** From the partition of the only image, of three blocks, to where the commit is on its way. */
const committing: readonly Told[] = [...imageDone(3), saved, ack];

describe('a step', () => {
  test('has its note before its write, and its time before what it waits for', () => {
    const { effectsOf } = machine(planOf(3));
    const send = (from: number, to: number) => ({ kind: 'send', window: { from, to }, numbers: 65_536 });
    const rounds = [begin, ack, erased, ack, block(0), block(2), verified, saved, ack, ack, restarted].map((input) => effectsOf(input));
    expect(rounds).toEqual([
      [save('writing'), write('partition')],
      [wait(updateLimits.eraseMs), write('start')],
      [write('crc')],
      [send(0, 0), wait(updateLimits.answerMs)],
      [send(1, 2), wait(updateLimits.answerMs)],
      [wait(updateLimits.verifyMs)],
      [save('committing')],
      [write('version')],
      [write('commit')],
      [{ kind: 'await-restart' }],
      [{ kind: 'prove' }],
    ]);
  });

  test('is not begun by a second beginning', () => {
    const { tell, effectsOf } = machine(planOf(3));
    const begun = tell(begin);
    expect(effectsOf(begin)).toEqual([]);
    expect(tell()).toEqual(begun);
  });

  test('has nothing on its way any more once its image is verified', () => {
    const plan = planOf(3, 3);
    expect(machine(plan, sendingFrom(plan, 1, 2)).tell(verified)).toMatchObject({ step: 'version', sending: null });
  });

  test('of a plan without images is none', () => {
    const { tell, effects, state } = machine(planOf());
    const before = state();
    expect(tell(begin, ack, { kind: 'cancel' })).toEqual(before);
    expect(effects).toEqual([]);
  });
});

describe('an update fails after three attempts', () => {
  const noFurther = Array.from({ length: updateLimits.blockTries + 1 }, () => elapsed);
  test.each<[string, string, string, readonly Told[]]>([
    ['the partition was refused', 'rejected', 'partition', [refused]],
    ['nobody answered to the partition', 'no-answer', 'partition', [unanswered]],
    ['nothing was erased in time', 'no-answer', 'erasing', [ack, elapsed]],
    ['the announcement was refused', 'rejected', 'crc', [ack, erased, refused]],
    ['blocks got no further', 'no-answer', 'sending', [ack, erased, ack, block(0), ...noFurther]],
    ['the image wasn’t verified in time', 'corrupted', 'verifying', [ack, erased, ack, ...sent(3), elapsed]],
    ['the version was refused', 'rejected', 'version', [...imageDone(3), saved, refused]],
  ])('in which %s, and says so: %s', (_, failure, endedIn, attempt) => {
    const { tell, writes } = machine(planOf(3));
    tell(begin);
    for (let time = 1; time < updateLimits.attempts; time += 1) expect(tell(...attempt)).toMatchObject({ step: 'partition', retries: time });
    expect(tell(...attempt)).toMatchObject({ step: 'failed', failure, endedIn, sending: null });
    expect(writes()).not.toContain('commit');
  });
});

describe('an update ends at once', () => {
  test('before the commit is sent where it can’t be noted down', () => {
    const { tell, writes } = machine(planOf(3));
    expect(tell(begin, ...imageDone(3), { kind: 'unsaved' })).toMatchObject({ step: 'failed', failure: 'not-recorded', endedIn: 'recording' });
    expect(writes()).not.toContain('version');
  });

  test('where the commit is refused: it isn’t sent again', () => {
    const { tell, writes } = machine(planOf(3));
    expect(tell(begin, ...committing, refused)).toMatchObject({ step: 'failed', failure: 'rejected', endedIn: 'committing' });
    expect(writes().filter((what) => what === 'commit')).toHaveLength(1);
  });

  test('where the device runs the old version after its restart, and keeps which', () => {
    expect(machine(planOf(3)).tell(begin, ...committing, ack, restarted, { kind: 'version', version: '1.0.0', isNew: false })).toMatchObject({
      step: 'failed',
      failure: 'not-installed',
      version: '1.0.0',
      endedIn: 'proving',
    });
  });

  test.each<[string, string, readonly Told[]]>([
    ['after the commit', 'proving', [...committing, unanswered, restarted]],
    ['before it', 'reconnecting', [ack, lost]],
  ])('where the device doesn’t come back %s, but not for good', (_, endedIn, inputs) => {
    expect(machine(planOf(3)).tell(begin, ...inputs, absent)).toMatchObject({ step: 'interrupted', failure: 'gone', endedIn });
  });

  test('where something speaks against a device that came back', () => {
    const objection = { reason: 'low-battery', message: '12 %' } as const;
    const { tell } = machine(planOf(3));
    expect(tell(begin, lost, { kind: 'objected', objection })).toMatchObject({ step: 'refused', objection, failure: null });
  });

  test.each(['done', 'cancelled', 'refused', 'interrupted', 'failed'] as const)('and once: %s stays what it is, whatever comes', (step) => {
    const plan = planOf(3);
    const ended = { ...sendingFrom(plan, 0, 0), step, sending: null };
    for (const kind of ['cancel', 'begin', 'lost', 'verified'] as const) {
      const { state, effects } = transition(plan, ended, { kind });
      expect(state).toBe(ended);
      expect(effects).toEqual([]);
    }
  });
});
