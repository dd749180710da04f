import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ViolationKind } from './inbox.ts';
import { Violations } from './violations.ts';

describe('contract violations', () => {
  it('are told with the topic and the first three problems', () => {
    expect(new Violations().event('policy', 'jabra/v1/a/b/policy', ['one', 'two', 'three', 'four'], 0)).toEqual({
      type: 'contract.violation',
      data: { topic: 'jabra/v1/a/b/policy', problems: ['one', 'two', 'three'] },
    });
  });

  it('are told again after a minute, and for another kind of topic at once', () => {
    const violations = new Violations();
    expect(violations.event('desired', 'desired/a', [], 0)).not.toBeNull();
    expect(violations.event('desired', 'desired/b', [], 59_999)).toBeNull();
    expect(violations.event('policy', 'policy', [], 59_999)).not.toBeNull();
    expect(violations.event('desired', 'desired/b', [], 60_000)).not.toBeNull();
  });

  it('are never told twice a minute of one kind, whatever comes', () => {
    const kind = fc.constantFrom<ViolationKind>('policy', 'desired', 'commands', 'unknown');
    fc.assert(
      fc.property(fc.array(fc.tuple(kind, fc.nat(40_000)), { maxLength: 60 }), (arrivals) => {
        const violations = new Violations();
        const told = new Map<ViolationKind, number[]>();
        let now = 0;
        for (const [next, wait] of arrivals) {
          now += wait;
          if (violations.event(next, 't', ['p'], now)) told.set(next, [...(told.get(next) ?? []), now]);
        }
        for (const times of told.values())
          for (const [index, at] of times.entries()) if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(60_000);
        for (const [next] of arrivals) expect(told.has(next)).toBe(true);
      }),
    );
  });
});
