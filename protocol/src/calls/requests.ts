import type { ButtonName, KeypadKey } from './controls.ts';

/**
 * What a person wants, by the device. The owner of the call decides: `answer`, `end`, `reject`, `hold` and `resume` are done only when the owner calls
 * the verb, and the device waits for that (facts D3).
 *
 * - `answer`: the hook while it rings
 * - `call`: the hook while nothing goes on: a line is wanted
 * - `end`: the hook, or the drop button, in a call
 * - `reject`: the device's own reject while it rings, or the hook twice before the owner answered
 * - `late`: the hook just after the ringing ended; nothing to do
 * - `withdrawn`: the owner didn't act on `of` and the device took it back
 * - `hold`, `resume`: flash in an active, a held call
 * - `mute`: already echoed to the device, because it waits for that; `accepted` false where the owner vetoed
 * - `lineBusy`: the device is in a call, this one or another program's, or no longer
 * - `button`: pressed and without a meaning to the call; volume and media keys change nothing here
 */
export type CallRequest =
  | { readonly kind: 'answer' | 'call' | 'end' | 'reject' | 'late' | 'hold' | 'resume' | 'redial' | 'speedDial' }
  | { readonly kind: 'withdrawn'; readonly of: 'answer' | 'call' | 'end' }
  | { readonly kind: 'mute'; readonly muted: boolean; readonly accepted: boolean }
  | { readonly kind: 'lineBusy'; readonly busy: boolean }
  | { readonly kind: 'key'; readonly key: KeypadKey }
  | { readonly kind: 'button'; readonly button: ButtonName };

/** The hook twice within this time, the call not answered in between, rejects it (double tap: manuals of Pro 9450 and 9470; the figure is ours). */
export const doublePressMs = 1000;

/** A hook press so soon after the ringing ended was meant for it (the figure is ours: a person's reaction). */
export const latePressMs = 500;
