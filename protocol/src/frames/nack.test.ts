import { describe, expect, test } from 'vitest';
import { nackReason } from './nack.ts';

describe('the reason of a refusal', () => {
  // Observed values only (facts E6).
  test.each([
    [0xf3, 'no-child'],
    [0xf4, 'no-child'],
    [0xf5, 'no-device-at-address'],
    [0xf6, 'unknown-command'],
    [0xf7, 'file-not-found'],
    [0xff, 'unknown-subcommand'],
  ])('%i is %s', (byte, reason) => {
    expect(nackReason(byte)).toBe(reason);
  });

  test('is no more than a refusal where nobody knows its number', () => {
    const known = new Set([0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xff]);
    const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !known.has(byte));
    expect(others.map(nackReason).every((reason) => reason === 'other')).toBe(true);
    expect(others).toHaveLength(250);
  });
});
