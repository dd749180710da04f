import { describe, expect, it } from 'vitest';
import { SentMeter } from './sent-meter.ts';

const total = 4000;

describe('the count of what a device acknowledged', () => {
  it('begins with the first byte, and not with what was erased before it', () => {
    const meter = new SentMeter();
    expect(meter.take('checking', { done: 0, total: 0 }, 0)).toBe(false);
    expect(meter.take('transferring', { done: 0, total }, 1000)).toBe(false);
    expect(meter.sent).toBeNull();
    expect(meter.take('transferring', { done: 100, total }, 9000)).toBe(true);
    expect(meter.sent).toEqual({ done: 100, total, since: 9000, doneThen: 100 });
  });

  it('is told once a second, and at the end', () => {
    const meter = new SentMeter();
    const told = [100, 200, 300, 400, 500, 600].map((done, index) => meter.take('transferring', { done, total }, index * 400));
    expect(told).toEqual([true, false, false, true, false, false]);
    expect(meter.sent).toEqual({ done: 600, total, since: 0, doneThen: 100 });
    expect(meter.take('transferring', { done: total, total }, 2100)).toBe(true);
    expect(meter.take('verifying', { done: total, total }, 2101)).toBe(false);
  });

  it('begins anew where the transfer does, and after the device was away', () => {
    const meter = new SentMeter();
    meter.take('transferring', { done: 2000, total }, 0);
    meter.take('transferring', { done: 2100, total }, 1000);
    expect(meter.take('transferring', { done: 100, total }, 1100)).toBe(true);
    expect(meter.sent).toEqual({ done: 100, total, since: 1100, doneThen: 100 });
    meter.interrupted();
    expect(meter.sent).toBeNull();
    expect(meter.take('transferring', { done: 1500, total }, 60_000)).toBe(true);
    expect(meter.sent).toEqual({ done: 1500, total, since: 60_000, doneThen: 1500 });
  });

  it('is told again where the clock of the PC was set back', () => {
    const meter = new SentMeter();
    meter.take('transferring', { done: 100, total }, 1_000_000);
    expect(meter.take('transferring', { done: 200, total }, 500)).toBe(true);
  });
});
