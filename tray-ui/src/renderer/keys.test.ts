import { expect, it } from 'vitest';
import { keyAction } from './keys.ts';

const plain = { ctrlKey: false, altKey: false, metaKey: false, shiftKey: false };

it.each([
  [{ ...plain, key: '1', ctrlKey: true }, false, { kind: 'page', page: 'devices' }],
  [{ ...plain, key: '2', ctrlKey: true }, false, { kind: 'page', page: 'status' }],
  [{ ...plain, key: '3', ctrlKey: true }, false, { kind: 'page', page: 'sent' }],
  [{ ...plain, key: 'F1' }, false, { kind: 'page', page: 'help' }],
  [{ ...plain, key: 'F6' }, true, { kind: 'switch-region' }],
  [{ ...plain, key: 'ArrowLeft', altKey: true }, false, { kind: 'back' }],
  [{ ...plain, key: 'Backspace' }, false, { kind: 'back' }],
  [{ ...plain, key: 'Backspace' }, true, null],
  [{ ...plain, key: 'w', ctrlKey: true }, false, { kind: 'close' }],
  [{ ...plain, key: 'Escape' }, false, null],
  [{ ...plain, key: '1' }, false, null],
  [{ ...plain, key: '1', ctrlKey: true, shiftKey: true }, false, null],
  [{ ...plain, key: '1', ctrlKey: true, metaKey: true }, false, null],
] as const)('knows what %j means (in a field: %s)', (pressed, isInField, action) => {
  expect(keyAction(pressed, isInField)).toEqual(action);
});
