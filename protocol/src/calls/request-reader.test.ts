import { describe, expect, test } from 'vitest';
import type { CallState } from './call-state.ts';
import type { ButtonName } from './controls.ts';
import { HookWatch } from './hook-watch.ts';
import { RequestReader } from './request-reader.ts';

const reader = (): RequestReader => new RequestReader(new HookWatch());

describe('a hook without a state', () => {
  test.each<[CallState, string]>([
    ['idle', 'call'],
    ['ringing', 'answer'],
    ['dialling', 'end'],
    ['active', 'end'],
    ['held', 'end'],
  ])('pressed while the call is %s asks for %s', (state, kind) => {
    expect(reader().read({ kind: 'toggle', name: 'hook' }, state, 0)).toEqual({ kind });
  });

  test('is no line', () => {
    expect(reader().read({ kind: 'toggle', name: 'lineBusy' }, 'active', 0)).toBeNull();
    expect(reader().read({ kind: 'switch', name: 'line', on: true }, 'active', 0)).toBeNull();
  });
});

describe('a button', () => {
  const button = (name: ButtonName) => ({ kind: 'button', button: name });
  test.each<[ButtonName, CallState, unknown]>([
    ['drop', 'ringing', { kind: 'reject' }],
    ['drop', 'dialling', { kind: 'end' }],
    ['drop', 'held', { kind: 'end' }],
    ['drop', 'idle', button('drop')],
    ['programmable', 'ringing', { kind: 'reject' }],
    ['programmable', 'active', button('programmable')],
    ['flash', 'active', { kind: 'hold' }],
    ['flash', 'held', { kind: 'resume' }],
    ['flash', 'dialling', button('flash')],
    ['redial', 'idle', { kind: 'redial' }],
    ['speedDial', 'idle', { kind: 'speedDial' }],
    ['volumeMute', 'active', button('volumeMute')],
    ['playPause', 'active', button('playPause')],
  ])('%s while the call is %s asks for %o', (name, state, request) => {
    expect(reader().read({ kind: 'press', button: name }, state, 0)).toEqual(request);
  });
});

describe('an unanswered press of the hook', () => {
  test('that is pressed again in time turns the call down; that goes back later is withdrawn', () => {
    for (const [back, request] of [
      [999, { kind: 'reject' }],
      [1000, { kind: 'withdrawn', of: 'answer' }],
    ] as const) {
      const own = reader();
      own.read({ kind: 'switch', name: 'hook', on: true }, 'ringing', 0);
      expect(own.read({ kind: 'switch', name: 'hook', on: false }, 'ringing', back)).toEqual(request);
    }
  });

  test('is forgotten once the call went on', () => {
    const own = reader();
    own.read({ kind: 'switch', name: 'hook', on: true }, 'ringing', 0);
    own.moved('ringing', 'idle', 10);
    expect(own.read({ kind: 'switch', name: 'hook', on: false }, 'idle', 20)).toBeNull();
  });

  test('is late up to half a second after the ringing, and asks for a line from then on', () => {
    for (const [at, kind] of [
      [509, 'late'],
      [510, 'call'],
    ] as const) {
      const own = reader();
      own.moved('ringing', 'idle', 10);
      expect(own.read({ kind: 'switch', name: 'hook', on: true }, 'idle', at)).toEqual({ kind });
    }
  });
});
