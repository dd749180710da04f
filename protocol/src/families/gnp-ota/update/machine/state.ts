import type { FirmwareUpdateFailure } from '../failure.ts';
import type { BlockNumbers, BlockWindow } from '../block-numbers.ts';
import type { Objection, UpdatePlan } from '../plan.ts';

/**
 * Where an update is.
 * `partition`, `erasing`, `crc`, `sending`, `verifying`, `version`: once for each image. `recording`: before the last `version`, that the commit comes next is
 * noted down. `committing`: it is sent. `restarting`: the device has it and goes. `proving`: it comes back, and tells its version. `reconnecting`: it was lost before the commit and is
 * waited for.
 */
export type UpdateStep =
  | 'partition'
  | 'erasing'
  | 'crc'
  | 'sending'
  | 'verifying'
  | 'version'
  | 'recording'
  | 'committing'
  | 'restarting'
  | 'proving'
  | 'reconnecting'
  | 'done'
  | 'cancelled'
  | 'refused'
  | 'interrupted'
  | 'failed';

/** Steps after which nothing happens any more. */
export const finalSteps: ReadonlySet<UpdateStep> = new Set(['done', 'cancelled', 'refused', 'interrupted', 'failed']);

/** Steps in which the device may already have been told to install what it was sent. */
export const committedSteps: ReadonlySet<UpdateStep> = new Set(['committing', 'restarting', 'proving', 'done']);

/** How the blocks of an image fare. */
export interface Sending {
  /** What is on its way. */
  readonly window: BlockWindow;
  /** How often it was sent again since the device last got further. */
  readonly tries: number;
  /** How the device acknowledges, null until it did. */
  readonly saysOneLess: boolean | null;
}

/** The whole of an update's state, plain data. */
export interface UpdateState {
  readonly step: UpdateStep;
  /** Grows with whatever is begun: results of what was begun before are stale. */
  readonly turn: number;
  /** Which image of the plan. */
  readonly image: number;
  /** How often everything was begun anew because something was refused, unanswered or damaged. */
  readonly retries: number;
  /** How often because the device was lost. */
  readonly losses: number;
  /** How blocks are numbered now, and how they were when everything was begun. */
  readonly numbers: BlockNumbers;
  readonly firstNumbers: BlockNumbers;
  /** The device acknowledged blocks whose number depends on it. */
  readonly numbersConfirmed: boolean;
  readonly sending: Sending | null;
  /** Why it ended as it did. */
  readonly failure: FirmwareUpdateFailure | null;
  readonly objection: Objection | null;
  /** The step in which it ended. */
  readonly endedIn: UpdateStep | null;
  /** What the device said last of its version, once it was asked to prove it. */
  readonly version: string | null;
}

/** Before the first effect. */
export function initialState({ blockNumbers }: UpdatePlan): UpdateState {
  const numbers = blockNumbers ?? 65_536;
  return {
    step: 'partition',
    turn: 0,
    image: 0,
    retries: 0,
    losses: 0,
    numbers,
    firstNumbers: numbers,
    numbersConfirmed: blockNumbers !== null,
    sending: null,
    failure: null,
    objection: null,
    endedIn: null,
    version: null,
  };
}
