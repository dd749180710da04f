import { firstAmbiguousBlock, otherBlockNumbers } from '../block-numbers.ts';
import type { FirmwareUpdateFailure } from '../failure.ts';
import type { Objection, PlannedImage, UpdatePlan } from '../plan.ts';
import type { Reason, UpdateEffect } from './inputs.ts';
import { updateLimits } from './limits.ts';
import type { SendingResult } from './sending.ts';
import type { UpdateState, UpdateStep } from './state.ts';

/** Where the machine is. */
export interface At {
  readonly plan: UpdatePlan;
  readonly state: UpdateState;
  /** The one that `state.image` names. */
  readonly image: PlannedImage;
}

export interface Transition {
  readonly state: UpdateState;
  readonly effects: readonly UpdateEffect[];
}

const none: readonly UpdateEffect[] = [];

/** Begins a step: results of what was begun before don't count any more. */
export const enter = (state: UpdateState, step: UpdateStep, effects: readonly UpdateEffect[], changes: Partial<UpdateState> = {}): Transition => ({
  state: { ...state, ...changes, step, turn: state.turn + 1 },
  effects,
});

/** Nothing changes; the state is the very same object. */
export const stay = (state: UpdateState): Transition => ({ state, effects: none });

/** Why an update ends. */
interface Ending {
  readonly failure?: FirmwareUpdateFailure;
  readonly objection?: Objection;
  readonly version?: string;
}

export const end = (
  { state }: At,
  step: 'done' | 'cancelled' | 'refused' | 'interrupted' | 'failed',
  { failure, objection, version }: Ending = {},
): Transition =>
  enter(state, step, none, {
    failure: failure ?? null,
    objection: objection ?? null,
    version: version ?? null,
    endedIn: state.step,
    sending: null,
  });

export const write = (what: Extract<UpdateEffect, { readonly kind: 'write' }>['what']): UpdateEffect => ({ kind: 'write', what });

/** An image from its beginning; everything that the device had of it is erased. */
const beginImage = (state: UpdateState, changes: Partial<UpdateState>): Transition =>
  enter(state, 'partition', [write('partition')], { sending: null, ...changes });

const numbersOf = ({ numbers, firstNumbers, numbersConfirmed }: UpdateState): UpdateState['numbers'] => (numbersConfirmed ? numbers : firstNumbers);

/** Everything from the first image: what a device keeps of an unfinished update over a restart isn't known. */
export function beginRun({ state }: At): Transition {
  const numbers = numbersOf(state);
  return enter(state, 'partition', [{ kind: 'save', phase: 'writing' }, write('partition')], {
    image: 0,
    imageTries: 0,
    numbers,
    firstNumbers: numbers,
    sending: null,
  });
}

/** Something of this image didn't work. Where its blocks have ambiguous numbers, the next attempt counts them the other way. */
export function retryImage(at: At, reason: Reason): Transition {
  const { state, image } = at;
  if (state.imageTries + 1 >= updateLimits.imageTries) return end(at, 'failed', { failure: reason });
  const isAmbiguous = image.blocks > firstAmbiguousBlock && !state.numbersConfirmed;
  const sawNumbersEnd = state.step === 'verifying' || (state.sending?.window.to ?? 0) >= firstAmbiguousBlock;
  const numbers = isAmbiguous && sawNumbersEnd ? otherBlockNumbers(state.firstNumbers) : numbersOf(state);
  return beginImage(state, { imageTries: state.imageTries + 1, numbers, firstNumbers: numbers });
}

/** The next image; after the last one the commit, once that is noted down. */
export function afterImage({ state, plan }: At): Transition {
  const image = state.image + 1;
  if (image < plan.images.length) return beginImage(state, { image, imageTries: 0, firstNumbers: state.numbers });
  return enter(state, 'recording', [{ kind: 'save', phase: 'committing' }], { sending: null });
}

/** What the blocks of the image say. */
export function afterSending(at: At, result: SendingResult): Transition {
  switch (result?.kind) {
    case undefined:
      return stay(at.state);
    case 'going':
      return enter(at.state, 'sending', result.effects, result.state);
    case 'sent':
      return enter(at.state, 'verifying', [{ kind: 'wait', milliseconds: updateLimits.verifyMs }]);
    case 'stuck':
      return retryImage(at, 'no-answer');
  }
}

/** The device is away before it was told to install anything: it keeps what it runs, and is waited for. */
export function lost(at: At): Transition {
  const runs = at.state.runs + 1;
  if (runs >= updateLimits.runs) return end(at, 'interrupted', { failure: 'gone' });
  return enter(at.state, 'reconnecting', [{ kind: 'reconnect' }], { runs, sending: null });
}
