import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finalSteps, initialState, transition, type UpdateInput, updateLimits } from './index.ts';
import { ack, imageDone, machine, planOf, type Told } from './testing/machine-bench.ts';

describe('the machine', () => {
  test('commits after every image was verified and got its version, once', () => {
    const { tell, writes } = machine(planOf(13, 5));
    tell({ kind: 'begin' }, ...imageDone(13), ack, ...imageDone(5));
    expect(tell().step).toBe('recording');
    expect(tell({ kind: 'saved' }).step).toBe('version');
    expect(tell(ack).step).toBe('committing');
    expect(tell(ack).step).toBe('restarting');
    expect(tell({ kind: 'restarted' }).step).toBe('proving');
    expect(tell({ kind: 'version', version: '2.0.0', isNew: true })).toMatchObject({ step: 'done', version: '2.0.0' });
    expect(writes()).toEqual(['partition', 'start', 'crc', 'version', 'partition', 'start', 'crc', 'version', 'commit']);
  });

  test('sends up to the next block that is acknowledged', () => {
    const { tell, effects } = machine(planOf(23));
    tell({ kind: 'begin' }, ...imageDone(23));
    expect(effects.flatMap((effect) => (effect.kind === 'send' ? [[effect.window.from, effect.window.to]] : []))).toEqual([
      [0, 0],
      [1, 10],
      [11, 20],
      [21, 22],
    ]);
  });

  test('goes back to the block after the last acknowledged one, and counts attempts only while it gets no further', () => {
    const { tell, state } = machine(planOf(23));
    tell({ kind: 'begin' }, ack, { kind: 'erased' }, ack, { kind: 'block', number: 0 });
    for (let time = 1; time <= 3; time += 1) expect(tell({ kind: 'elapsed' }).sending).toMatchObject({ window: { from: 1, to: 10 }, tries: time });
    expect(tell({ kind: 'block', number: 4 }).sending).toMatchObject({ window: { from: 5, to: 10 }, tries: 0 });
    expect(tell({ kind: 'block', number: 2 }).sending).toMatchObject({ window: { from: 5, to: 10 }, tries: 0 });
    for (let time = 1; time <= updateLimits.blockTries; time += 1) expect(tell({ kind: 'elapsed' }).sending?.tries).toBe(time);
    expect(tell({ kind: 'elapsed' })).toMatchObject({ step: 'partition', image: 0, retries: 1 });
    expect(state().sending).toBeNull();
  });

  test('takes an image for verified only once all of it was sent', () => {
    const { tell } = machine(planOf(23));
    tell({ kind: 'begin' }, ack, { kind: 'erased' }, ack, { kind: 'block', number: 0 });
    expect(tell({ kind: 'verified' }).step).toBe('sending');
    tell({ kind: 'block', number: 10 }, { kind: 'block', number: 20 });
    expect(tell({ kind: 'verified' }).step).toBe('recording');
  });

  test('begins with the first image wherever something is lost, and gives up after three times', () => {
    const { tell, writes } = machine(planOf(3, 3));
    tell({ kind: 'begin' });
    for (let time = 1; time < updateLimits.connections; time += 1) {
      tell(...imageDone(3), ack, ack, { kind: 'erased' });
      expect(tell({ kind: 'lost' })).toMatchObject({ step: 'reconnecting', losses: time });
      expect(tell({ kind: 'back' })).toMatchObject({ step: 'partition', image: 0 });
    }
    tell(ack);
    expect(tell({ kind: 'lost' })).toMatchObject({ step: 'interrupted', failure: 'gone', endedIn: 'erasing' });
    expect(writes()).not.toContain('commit');
  });

  test('takes no result of what it has given up', () => {
    const plan = planOf(3);
    const begun = transition(plan, initialState(plan), { kind: 'begin' }).state;
    const erasing = transition(plan, begun, { kind: 'acknowledged', turn: begun.turn }).state;
    for (const kind of ['acknowledged', 'refused', 'unanswered', 'elapsed', 'saved', 'back', 'absent', 'restarted'] as const)
      expect(transition(plan, erasing, { kind, turn: begun.turn }).state).toBe(erasing);
  });

  test('whatever it is told in whatever order, commits at most once and only what was verified; and it ends', () => {
    const kinds = [
      'acknowledged',
      'acknowledged',
      'acknowledged',
      'erased',
      'erased',
      'verified',
      'verified',
      'saved',
      'refused',
      'unanswered',
      'elapsed',
      'unsaved',
      'restarted',
      'back',
      'absent',
      'lost',
      'begin',
    ] as const;
    const told: fc.Arbitrary<Told> = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...kinds).map((kind): Told => ({ kind })) },
      { weight: 3, arbitrary: fc.constantFrom(0, 2, 3, 4, 0xffff).map((number): Told => ({ kind: 'block', number })) },
      { weight: 1, arbitrary: fc.boolean().map((isNew): Told => ({ kind: 'version', version: '2.0.0', isNew })) },
    );
    fc.assert(
      fc.property(fc.array(told, { maxLength: 200 }), (inputs) => {
        const plan = planOf(3, 5);
        let state = initialState(plan);
        let commits = 0;
        /** Images that were begun, verified and versioned since everything was begun. */
        let done = new Set<number>();
        for (const input of [{ kind: 'begin' } as const, ...inputs]) {
          const before = state;
          const { state: after, effects } = transition(plan, before, { turn: before.turn, ...input } as UpdateInput);
          state = after;
          if (before.step === 'version' && input.kind === 'acknowledged') done.add(before.image);
          if (after.step === 'partition' && after.image === 0) done = new Set();
          for (const effect of effects) {
            if (effect.kind !== 'write' || effect.what !== 'commit') continue;
            commits += 1;
            expect([...done]).toEqual([0, 1]);
          }
          if (before.step === 'version' && before !== after)
            expect(['partition', 'committing', 'reconnecting', 'interrupted', 'failed']).toContain(after.step);
          if (finalSteps.has(before.step)) expect(after).toBe(before);
          // A result is of an earlier turn or of this one, never of a later one.
          if (after !== before) expect(after.turn).toBeGreaterThan(before.turn);
          expect(after.retries).toBeLessThan(updateLimits.attempts);
          expect(after.losses).toBeLessThan(updateLimits.connections);
        }
        expect(commits).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
