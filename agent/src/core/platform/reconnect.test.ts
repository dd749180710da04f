import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterFailure, freshState, type ReconnectState, remainingMs } from './reconnect.ts';

const limits = { minMs: 1000, maxMs: 1_800_000 };
const network = { kind: 'network', retryAfterMs: null } as const;

const waitAfter = (failures: number, random: number): number => {
  const state = Array.from({ length: failures }).reduce<ReconnectState>((last) => afterFailure(last, network, limits, 0, random), freshState('c'));
  return remainingMs(state, 0);
};

describe('the wait before the next attempt', () => {
  it('doubles its ceiling with each failure up to the longest interval', () => {
    expect([1, 2, 3, 4, 11, 12].map((failures) => waitAfter(failures, 1))).toEqual([2000, 4000, 8000, 16_000, 1_800_000, 1_800_000]);
  });

  it('lies anywhere between the shortest interval and the ceiling', () => {
    expect([0, 0.25, 0.5].map((random) => waitAfter(3, random))).toEqual([1000, 2750, 4500]);
  });

  it('stays within the limits whatever happened before', () => {
    const anyLimits = fc
      .tuple(fc.integer({ min: 100, max: 60_000 }), fc.integer({ min: 0, max: 3_600_000 }))
      .map(([minMs, more]) => ({ minMs, maxMs: minMs + more }));
    fc.assert(
      fc.property(anyLimits, fc.nat(5000), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2 ** 40), (bounds, failures, random, now) => {
        const state = afterFailure({ ...freshState('c'), failures }, network, bounds, now, random);
        const wait = remainingMs(state, now);
        expect(wait).toBeGreaterThanOrEqual(bounds.minMs);
        expect(wait).toBeLessThanOrEqual(bounds.maxMs);
      }),
    );
  });

  it('is what the server asks for, even where it is shorter or longer than the limits, or the client is not authorized', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('network', 'refused', 'not-authorized', 'closed-before-connack'),
        fc.nat(20 * 24 * 3_600_000),
        (kind, retryAfterMs) => {
          expect(remainingMs(afterFailure(freshState('c'), { kind, retryAfterMs }, limits, 77, 0.3), 77)).toBe(retryAfterMs);
        },
      ),
    );
  });

  it('is the longest interval at once where the client is not authorized', () => {
    expect(remainingMs(afterFailure(freshState('c'), { kind: 'not-authorized', retryAfterMs: null }, limits, 5, 0), 5)).toBe(1_800_000);
  });

  it('is what is left of it later, and nothing when it is over', () => {
    const state = afterFailure(freshState('c'), network, limits, 10_000, 1);
    expect([10_000, 11_500, 12_000, 99_000].map((now) => remainingMs(state, now))).toEqual([2000, 500, 0, 0]);
  });

  it('does not grow when the wall clock is set back', () => {
    const state = afterFailure(freshState('c'), network, limits, Date.UTC(2030, 0), 1);
    expect(remainingMs(state, Date.UTC(2026, 0))).toBe(2000);
  });

  it('never exceeds what a timer can hold', () => {
    const state = afterFailure(freshState('c'), { kind: 'network', retryAfterMs: 10 ** 12 }, limits, 0, 0);
    expect(remainingMs(state, 0)).toBe(2 ** 31 - 1);
  });
});
