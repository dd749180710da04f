import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Behaviour, faults, onUpdateEvent, onUpdateRequest } from '../../../virtual/index.ts';
import { imageOf, packageOf, updateBench } from './testing/update-bench.ts';

const occasion = fc.record({ nth: fc.integer({ min: 1, max: 30 }), count: fc.integer({ min: 1, max: 4 }) });

/** Something goes wrong at a random point of an update, or with any request. */
const trouble: fc.Arbitrary<() => Behaviour> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('partition', 'start', 'crc', 'block', 'block', 'block', 'version', 'commit'),
      fc.constantFrom('lost', 'unanswered', 'nack', 'power-cut', 'power-cut-after', 'unplug', 'unplug-after', 'damaged', 'silent'),
      occasion,
    )
    .map(
      ([step, fault, when]) =>
        () =>
          step === 'block'
            ? onUpdateRequest(step, fault, when)
            : // Only blocks have a check number: nobody can tell that another partition was understood.
              onUpdateRequest(step, fault === 'damaged' ? 'lost' : fault, { nth: 1 + (when.nth % 4), count: when.count }),
    ),
  fc
    .tuple(
      fc.constantFrom('erased', 'block-acknowledged', 'verified'),
      fc.constantFrom('lost', 'doubled', 'wrong', 'power-cut', 'unplug', 'silent'),
      occasion,
    )
    .map(
      ([step, fault, when]) =>
        () =>
          onUpdateEvent(step, fault, { nth: 1 + (when.nth % 8), count: when.count }),
    ),
  fc
    .tuple(fc.constantFrom('timeout', 'nack', 'garbage', 'drop', 'duplicate', 'wrongSequence', 'powerCut', 'unplug'), fc.integer({ min: 1, max: 5 }))
    .map(
      ([fault, count]) =>
        () =>
          faults[fault](count),
    ),
);

/** Longer than everything that an update waits for, repeats and begins anew. */
const longestMs = 1_800_000;

test('whatever goes wrong, an update ends in time and leaves the old firmware or all of the new, never a brick', async () => {
  const statuses = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 3 }),
      fc.array(trouble, { maxLength: 4 }),
      fc.constantFrom('cable', 'dongle', 'quiet dongle'),
      fc.constantFrom(7, 16),
      fc.boolean(),
      fc.constantFrom(0, 0, 400, 900),
      fc.option(fc.integer({ min: 0, max: 700 }), { nil: null }),
      async (sizes, troubles, way, updateProtocol, acknowledgesOneLess, saveMs, leavesAt) => {
        const images = sizes.map((size, seed) => imageOf(size, seed));
        const behaviours = troubles.map((make) => make());
        const { device, plugged, bus, clock, begin, journal } = updateBench({
          isBehindDongle: way !== 'cable',
          dongleTells: way !== 'quiet dongle',
          updateProtocol,
          behaviours,
          firmware: { acknowledgesOneLess },
        });
        journal.saveMs = saveMs;
        // Somebody pulls the cable at any moment, for a while.
        if (leavesAt !== null) {
          clock.setTimer(leavesAt, () => {
            bus.unplug(plugged);
          });
          clock.setTimer(leavesAt + 300, () => {
            bus.plug(plugged);
          });
        }
        const outcome = await clock.complete(begin(packageOf(images)), longestMs);
        statuses.add(outcome.status);
        // What was begun on the device itself comes to its end.
        await clock.advance(2000);
        const { version, bricked, flash } = device.state;
        const isNew = version === '2.3.4';
        expect({ bricked, because: flash?.bricked }).toEqual({ bricked: false, because: null });
        expect(isNew || version === '1.8.13').toBe(true);
        expect([...(flash?.running.values() ?? [])]).toEqual(isNew ? images : []);
        if (outcome.status === 'updated') expect(version).toBe('2.3.4');
        if (outcome.status === 'cancelled' || outcome.status === 'refused') expect(version).toBe('1.8.13');
        expect(clock.pendingTimers).toBe(0);
      },
    ),
    { numRuns: 100 },
  );
  expect(statuses).toContain('updated');
});
