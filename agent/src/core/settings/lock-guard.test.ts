import { describe, expect, it } from 'vitest';
import { LockGuard } from './lock-guard.ts';

const enforceAt = (guard: LockGuard, ...times: readonly number[]): void => {
  for (const at of times) guard.enforced('sidetoneLevel', at);
};

describe('a lock', () => {
  it('is contested after the fifth time within a minute', () => {
    const guard = new LockGuard();
    enforceAt(guard, 0, 1000, 2000, 3000);
    expect(guard.isContested('sidetoneLevel')).toBe(false);
    enforceAt(guard, 59_999);
    expect(guard.isContested('sidetoneLevel')).toBe(true);
    expect(guard.isContested('voiceGuidance')).toBe(false);
  });

  it('is not contested by five times in more than a minute', () => {
    const guard = new LockGuard();
    enforceAt(guard, 0, 1000, 2000, 3000, 60_000, 61_000, 62_000);
    expect(guard.isContested('sidetoneLevel')).toBe(false);
  });

  it('stays contested until it is found right a minute after it was last put back', () => {
    const guard = new LockGuard();
    enforceAt(guard, 0, 1, 2, 3, 4);
    guard.foundRight('sidetoneLevel', 60_003);
    expect(guard.isContested('sidetoneLevel')).toBe(true);
    // The look put it back: another minute.
    enforceAt(guard, 60_004);
    guard.foundRight('sidetoneLevel', 120_003);
    expect(guard.isContested('sidetoneLevel')).toBe(true);
    guard.foundRight('sidetoneLevel', 120_004);
    expect(guard.isContested('sidetoneLevel')).toBe(false);
    enforceAt(guard, 120_005, 120_006, 120_007, 120_008);
    expect(guard.isContested('sidetoneLevel')).toBe(false);
  });

  it('found right in the middle of a contest is no calm', () => {
    const guard = new LockGuard();
    enforceAt(guard, 0, 1, 2, 3);
    guard.foundRight('sidetoneLevel', 30_000);
    enforceAt(guard, 30_001);
    expect(guard.isContested('sidetoneLevel')).toBe(true);
  });

  it('begins anew with a reset', () => {
    const guard = new LockGuard();
    enforceAt(guard, 0, 1, 2, 3, 4);
    guard.reset();
    expect(guard.isContested('sidetoneLevel')).toBe(false);
    enforceAt(guard, 5);
    expect(guard.isContested('sidetoneLevel')).toBe(false);
  });
});
