import { type BlockWindow, firstAmbiguousBlock, isOneLess, otherBlockNumbers, readAcknowledgement } from '../block-numbers.ts';
import { acknowledgedEvery, type PlannedImage } from '../plan.ts';
import type { UpdateEffect } from './inputs.ts';
import { updateLimits } from './limits.ts';
import type { Sending, UpdateState } from './state.ts';

/** The part of the state that sending blocks changes. */
export type SendingState = Pick<UpdateState, 'numbers' | 'numbersConfirmed'> & { readonly sending: Sending };

/** What becomes of the blocks: more are on their way, all are there, or it is no use. Null: nothing changes. */
export type SendingResult =
  | { readonly kind: 'going'; readonly state: SendingState; readonly effects: readonly UpdateEffect[] }
  | { readonly kind: 'sent' }
  | { readonly kind: 'stuck' }
  | null;

/** Up to the next block that the device acknowledges: the first, every tenth, the last. */
function windowFrom(from: number, { blocks }: PlannedImage): BlockWindow {
  const boundary = Math.ceil(from / acknowledgedEvery) * acknowledgedEvery;
  return { from, to: Math.min(boundary, blocks - 1) };
}

const going = (state: SendingState): SendingResult => ({
  kind: 'going',
  state,
  effects: [
    { kind: 'send', window: state.sending.window, numbers: state.numbers },
    { kind: 'wait', milliseconds: updateLimits.answerMs },
  ],
});

/** The first block of an image. */
export function beginSending(image: PlannedImage, { numbers, numbersConfirmed }: UpdateState): SendingResult {
  return going({ sending: { window: windowFrom(0, image), tries: 0, saysOneLess: null }, numbers, numbersConfirmed });
}

/** Nothing was acknowledged in time: the window is sent again, its blocks numbered as when the image was begun unless the device took others. */
export function resend({ sending, numbers, firstNumbers, numbersConfirmed }: UpdateState): SendingResult {
  if (!sending) return null;
  if (sending.tries >= updateLimits.blockTries) return { kind: 'stuck' };
  return going({ sending: { ...sending, tries: sending.tries + 1 }, numbers: numbersConfirmed ? numbers : firstNumbers, numbersConfirmed });
}

/**
 * The device named the block that it had last: it goes on behind that one. Where that is where block numbers end (65,534), a device that counts the other way
 * looks like this, and has stored nothing wrong so far: from here on they are counted that way, unless it is known better.
 */
function goBack({ numbers, numbersConfirmed }: UpdateState, sending: Sending, next: number): SendingResult {
  const isAtEndOfNumbers = next === firstAmbiguousBlock && !numbersConfirmed;
  return going({
    // Never before the window, so it got further.
    sending: { ...sending, window: { from: next, to: sending.window.to }, tries: 0 },
    numbers: isAtEndOfNumbers ? otherBlockNumbers(numbers) : numbers,
    numbersConfirmed,
  });
}

/** The device acknowledged the block with this number. */
export function acknowledge(state: UpdateState, number: number, image: PlannedImage): SendingResult {
  const { sending, numbers } = state;
  if (!sending) return null;
  const { window } = sending;
  const acknowledgement = readAcknowledgement(number, window, numbers, sending.saysOneLess);
  if (acknowledgement.kind === 'other') return null;
  if (acknowledgement.kind === 'part') return goBack(state, sending, acknowledgement.next);
  const next = window.to + 1;
  if (next === image.blocks) return { kind: 'sent' };
  return going({
    sending: {
      window: windowFrom(next, image),
      tries: 0,
      saysOneLess: sending.saysOneLess ?? isOneLess(number, window, numbers),
    },
    numbers,
    numbersConfirmed: state.numbersConfirmed || next > firstAmbiguousBlock,
  });
}
