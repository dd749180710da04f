import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Lying, planRoom } from './room.ts';

const limits = { capBytes: 1000, floorBytes: 100 };
const lying = (name: string, bytes: number, more: Partial<Lying> = {}): Lying => ({
  name,
  bytes,
  reserved: 0,
  changedAt: 0,
  isWanted: false,
  ...more,
});

it('evicts nothing while there is room', () => {
  expect(planRoom(400, [lying('a', 600)], 10_000, limits)).toEqual({ fits: true, evict: [] });
});

it('evicts what nobody wants, oldest first, until the cap is kept', () => {
  const there = [lying('new', 300, { changedAt: 3 }), lying('old', 300, { changedAt: 1 }), lying('wanted', 300, { isWanted: true })];
  expect(planRoom(100, there, 10_000, limits)).toEqual({ fits: true, evict: [] });
  expect(planRoom(101, there, 10_000, limits)).toEqual({ fits: true, evict: ['old'] });
  expect(planRoom(401, there, 10_000, limits)).toEqual({ fits: true, evict: ['old', 'new'] });
  expect(planRoom(701, there, 10_000, limits)).toEqual({ fits: false, evict: [] });
});

it('leaves the disk its floor', () => {
  expect(planRoom(400, [], 500, limits)).toEqual({ fits: true, evict: [] });
  expect(planRoom(401, [], 500, limits)).toEqual({ fits: false, evict: [] });
  expect(planRoom(401, [lying('a', 1)], 500, limits)).toEqual({ fits: true, evict: ['a'] });
});

it('counts what a download that runs will still need, for cap and floor', () => {
  const runs = lying('runs', 100, { reserved: 700, isWanted: true });
  expect(planRoom(300, [runs], 10_000, limits)).toMatchObject({ fits: true });
  expect(planRoom(301, [runs], 10_000, limits)).toMatchObject({ fits: false });
  expect(planRoom(300, [runs], 1000, limits)).toMatchObject({ fits: true });
  expect(planRoom(300, [runs], 999, limits)).toMatchObject({ fits: false });
});

it('does without the free space where the system does not tell it', () => {
  expect(planRoom(1000, [], null, limits)).toMatchObject({ fits: true });
});

it('never evicts what is wanted, nor anything in vain, nor leaves the limits', () => {
  const anyPackage = fc.record({
    name: fc.uuid(),
    bytes: fc.nat(500),
    reserved: fc.constant(0),
    changedAt: fc.nat(10),
    isWanted: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyPackage, { maxLength: 8 }), fc.nat(1000), fc.nat(2000), (there, missing, free) => {
      const { fits, evict } = planRoom(missing, there, free, limits);
      const gone = there.filter(({ name }) => evict.includes(name));
      const sum = (some: readonly Lying[]): number => some.reduce((total, { bytes }) => total + bytes, 0);
      expect(gone.every(({ isWanted }) => !isWanted)).toBe(true);
      if (!fits) expect(evict).toEqual([]);
      else {
        expect(sum(there) - sum(gone) + missing).toBeLessThanOrEqual(1000);
        expect(free + sum(gone) - missing).toBeGreaterThanOrEqual(100);
      }
    }),
  );
});
