import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { describeError, within } from './check.ts';

const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code });

describe('work with a time limit', () => {
  it('gives its value in time', async () => {
    const clock = new VirtualClock();
    expect(await within(clock, 1000, async () => 'done')).toEqual({ value: 'done' });
  });

  it('is cancelled and given up when the time is over', async () => {
    const clock = new VirtualClock();
    let cancelled = false;
    const result = within(clock, 1000, (signal) => {
      signal.addEventListener('abort', () => {
        cancelled = true;
      });
      return new Promise<string>(() => undefined);
    });
    await clock.advance(999);
    expect(cancelled).toBe(false);
    await clock.advance(1);
    expect(await result).toBeNull();
    expect(cancelled).toBe(true);
  });

  it('fails as the work fails, and not at all after its time', async () => {
    const clock = new VirtualClock();
    await expect(within(clock, 1000, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const late = within(
      clock,
      1000,
      (signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('late')))),
    );
    await clock.advance(1000);
    expect(await late).toBeNull();
  });
});

describe('an error', () => {
  it('is one line, with its code unless the text has it', () => {
    expect(describeError(coded('it is\n  gone', 'ENOENT'))).toBe('it is gone (ENOENT)');
    expect(describeError(coded('refused (ECONNREFUSED)', 'ECONNREFUSED'))).toBe('refused (ECONNREFUSED)');
    expect(describeError('a text')).toBe('a text');
  });
});
