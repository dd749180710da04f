import { expect, test, vi } from 'vitest';

test('the example’s softphone rings a headset, is answered, muted and ended on it', async () => {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    await import('../../examples/call-control.ts');
    expect(printed.mock.calls.map(([line]: unknown[]) => line)).toEqual([
      'the call is ringing',
      'the headset asks: answer',
      'the call is active',
      'the call is active, muted',
      'the headset asks: mute',
      'the call is active',
      'the headset asks: mute',
      'the headset asks: end',
      'the call is idle',
      'the headset is free',
    ]);
  } finally {
    printed.mockRestore();
  }
});
