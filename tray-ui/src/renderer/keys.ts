import type { Page } from '../bridge/index.ts';

export type KeyAction =
  { readonly kind: 'page'; readonly page: Page } | { readonly kind: 'back' } | { readonly kind: 'close' } | { readonly kind: 'switch-region' };

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** What a key means everywhere in the window; null where it is nobody's. */
export function keyAction({ key, ctrlKey, altKey, metaKey, shiftKey }: Pressed, isInField: boolean): KeyAction | null {
  if (metaKey) return null;
  const isPlain = !ctrlKey && !altKey && !shiftKey;
  if (ctrlKey && !altKey && !shiftKey) {
    if (key === '1') return { kind: 'page', page: 'devices' };
    if (key === '2') return { kind: 'page', page: 'status' };
    if (key === '3') return { kind: 'page', page: 'sent' };
    return key.toLowerCase() === 'w' ? { kind: 'close' } : null;
  }
  if (key === 'ArrowLeft' && altKey && !ctrlKey && !shiftKey) return { kind: 'back' };
  if (!isPlain) return null;
  if (key === 'F1') return { kind: 'page', page: 'help' };
  if (key === 'F6') return { kind: 'switch-region' };
  return key === 'Backspace' && !isInField ? { kind: 'back' } : null;
}
