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

const numbersOf = ({ numbers, firstNumbers, numbersConfirmed }: UpdateState): UpdateState['numbers'] => (numbersConfirmed ? numbers : firstNumbers);

/**
 * Everything from the first image. A headset behind a dongle may restart without anybody noticing but for an answer that is missing, and what a device keeps
 * of an unfinished update over a restart isn't known: so nothing that didn't work is taken up in the middle, but for blocks, which no device takes without
 * their announcement.
 */
export function beginRun({ state }: At, changes: Partial<UpdateState> = {}): Transition {
  const numbers = changes.numbers ?? numbersOf(state);
  return enter(state, 'partition', [{ kind: 'save', phase: 'writing' }, write('partition')], {
    image: 0,
    sending: null,
    ...changes,
    numbers,
    firstNumbers: numbers,
  });
}

/** Something didn't work. Where blocks have ambiguous numbers, the next attempt counts them the other way. */
export function retry(at: At, reason: Reason): Transition {
  const { state } = at;
  const retries = state.retries + 1;
  if (retries >= updateLimits.attempts) return end(at, 'failed', { failure: reason });
  // `sending` keeps the last window while the image is verified, and is null before its first block and behind the verdict.
  const sentAmbiguous = !state.numbersConfirmed && (state.sending?.window.to ?? 0) >= firstAmbiguousBlock;
  return beginRun(at, { retries, ...(sentAmbiguous ? { numbers: otherBlockNumbers(state.firstNumbers) } : {}) });
}

const isLast = ({ state, plan }: At): boolean => state.image + 1 === plan.images.length;

/** The image is verified. Before the last version is written, that the commit comes next is noted down: nothing may take time between the two. */
export function afterVerify(at: At): Transition {
  if (isLast(at)) return enter(at.state, 'recording', [{ kind: 'save', phase: 'committing' }]);
  return writeVersion(at);
}

export const writeVersion = ({ state }: At): Transition => enter(state, 'version', [write('version')], { sending: null });

/** The next image; after the last one the commit. */
export function afterVersion(at: At): Transition {
  if (isLast(at)) return enter(at.state, 'committing', [write('commit')]);
  return enter(at.state, 'partition', [write('partition')], { image: at.state.image + 1 });
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
      return retry(at, 'no-answer');
  }
}

/** The device is away before it was told to install anything: it keeps what it runs, and is waited for. */
export function lost(at: At): Transition {
  const losses = at.state.losses + 1;
  if (losses >= updateLimits.connections) return end(at, 'interrupted', { failure: 'gone' });
  return enter(at.state, 'reconnecting', [{ kind: 'reconnect' }], { losses, sending: null });
}
