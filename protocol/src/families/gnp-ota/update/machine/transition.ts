import type { UpdatePlan } from '../plan.ts';
import { end, stay, type At, type Transition } from './changes.ts';
import type { UpdateInput } from './inputs.ts';
import { committedSteps, finalSteps, type UpdateState } from './state.ts';
import { type Handler, steps } from './steps.ts';

export type { Transition } from './changes.ts';

/**
 * One step of an update: what happened, and what is to be done. Pure.
 *
 * INVARIANTS: blocks go forward only by an acknowledgement that fits what is on its way; every repetition is counted, and only getting further than ever
 * resets the count, so it ends; `commit` is sent once, after every image of one unbroken run was verified and got its version; what comes late changes nothing.
 */
export function transition(plan: UpdatePlan, state: UpdateState, input: UpdateInput): Transition {
  const image = plan.images[state.image];
  if (!image || finalSteps.has(state.step) || ('turn' in input && input.turn !== state.turn)) return stay(state);
  const at: At = { plan, state, image };
  if (input.kind === 'cancel') return committedSteps.has(state.step) ? stay(state) : end(at, 'cancelled');
  // The handler is the one of the input's own kind.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const handle = steps[state.step][input.kind] as Handler<UpdateInput> | undefined;
  return handle ? handle(at, input) : stay(state);
}
