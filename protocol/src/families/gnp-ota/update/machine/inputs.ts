import type { BlockNumbers, BlockWindow } from '../block-numbers.ts';
import type { FirmwareUpdateFailure } from '../failure.ts';
import type { Objection } from '../plan.ts';

/** What the machine is told. Those with a `turn` are results of effects; of an earlier turn they mean nothing. */
export type UpdateInput =
  | { readonly kind: 'begin' }
  /** What was written is acknowledged. */
  | { readonly kind: 'acknowledged'; readonly turn: number }
  /** It is refused. */
  | { readonly kind: 'refused'; readonly turn: number }
  /** Nobody answered, or it didn't leave. */
  | { readonly kind: 'unanswered'; readonly turn: number }
  /** The time of a `wait` is over. */
  | { readonly kind: 'elapsed'; readonly turn: number }
  | { readonly kind: 'saved'; readonly turn: number }
  | { readonly kind: 'unsaved'; readonly turn: number }
  /** The device went, or is still there after all that time. */
  | { readonly kind: 'restarted'; readonly turn: number }
  /** It is back and may be written to. */
  | { readonly kind: 'back'; readonly turn: number }
  /** It is back, and something speaks against it now. */
  | { readonly kind: 'objected'; readonly turn: number; readonly objection: Objection }
  /** It didn't come back in time. */
  | { readonly kind: 'absent'; readonly turn: number }
  /** What it says of itself after the restart; `isNew`: it is the package's version. */
  | { readonly kind: 'version'; readonly turn: number; readonly version: string; readonly isNew: boolean }
  /** Events of the device: GNP 0F/18, 0F/1B, 0F/1C. */
  | { readonly kind: 'erased' }
  | { readonly kind: 'block'; readonly number: number }
  | { readonly kind: 'verified' }
  /** The path failed, or the headset left its dongle. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'cancel' };

/** What is to be done, in the order given. */
export type UpdateEffect =
  | { readonly kind: 'write'; readonly what: 'partition' | 'start' | 'crc' | 'version' | 'commit' }
  /** Sends blocks without waiting in between. */
  | { readonly kind: 'send'; readonly window: BlockWindow; readonly numbers: BlockNumbers }
  /** `elapsed` after this time; the next one takes its place. */
  | { readonly kind: 'wait'; readonly milliseconds: number }
  /** `saved` or `unsaved`. */
  | { readonly kind: 'save'; readonly phase: 'writing' | 'committing' }
  /** Waits until the device went: `restarted`. */
  | { readonly kind: 'await-restart' }
  /** Waits for it and asks its version: `version` or `absent`. */
  | { readonly kind: 'prove' }
  /** Waits for it and checks it as at the beginning: `back`, `objected` or `absent`. */
  | { readonly kind: 'reconnect' };

/** Why something was given up. */
export type Reason = Extract<FirmwareUpdateFailure, 'no-answer' | 'rejected' | 'corrupted'>;
