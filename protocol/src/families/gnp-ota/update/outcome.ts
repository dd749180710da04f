import type { UpdatePhase, UpdateProgress } from '../../update/index.ts';
import type { FirmwareUpdateFailure } from './failure.ts';
import type { UpdateStep } from './machine/index.ts';
import type { UpdateObjection } from './plan.ts';

/** Where it was when it ended: of the machine, or before it. */
export type FirmwareUpdateStep = UpdateStep | 'checking';

/** What came of a firmware update. */
export type FirmwareUpdateOutcome =
  /** The device came back and says so itself. */
  | { readonly status: 'updated'; readonly from: string; readonly version: string; readonly cancelRefused: boolean }
  /** It ran that version already (asked for with `skipIfCurrent`); nothing was written. */
  | { readonly status: 'current'; readonly version: string }
  /** Nothing was written, or what was written will be erased; `message` is for a person. */
  | { readonly status: 'refused'; readonly reason: UpdateObjection; readonly message: string }
  /** The device runs what it ran. */
  | { readonly status: 'cancelled' }
  /**
   * The device was lost. `next` is what another call with the same journal does: write from the first image again, or, where the commit may have been sent,
   * wait for the device and prove its version.
   */
  | {
      readonly status: 'interrupted';
      readonly next: 'write' | 'prove';
      readonly phase: UpdatePhase;
      readonly step: FirmwareUpdateStep;
      readonly cause: Error | null;
    }
  /** It is over; the device runs what it ran, as far as it can still say. */
  | {
      readonly status: 'failed';
      readonly reason: FirmwareUpdateFailure;
      readonly phase: UpdatePhase;
      readonly step: FirmwareUpdateStep;
      readonly cause: Error | null;
    };

/** `done` and `total` are of all images; in the second phase, `installing`, nothing is left to send and the device is away: it is no percentage. */
export interface FirmwareUpdateProgress extends UpdateProgress {
  readonly step: FirmwareUpdateStep;
  /** Which image of how many, from 0. */
  readonly image: number;
  readonly images: number;
  readonly imageDone: number;
  readonly imageTotal: number;
  /** False once the device may have been told to install what it has. */
  readonly cancellable: boolean;
  /** A cancellation came too late and is ignored. */
  readonly cancelRefused: boolean;
}

const phases: Readonly<Record<FirmwareUpdateStep, UpdatePhase>> = {
  checking: 'checking',
  reconnecting: 'checking',
  partition: 'transferring',
  erasing: 'transferring',
  crc: 'transferring',
  sending: 'transferring',
  verifying: 'verifying',
  version: 'verifying',
  recording: 'verifying',
  committing: 'installing',
  restarting: 'installing',
  proving: 'installing',
  done: 'installing',
  // Where an update ended is told by the step before.
  cancelled: 'checking',
  refused: 'checking',
  interrupted: 'checking',
  failed: 'checking',
};

/** The phase that a step belongs to. */
export const phaseOf = (step: FirmwareUpdateStep): UpdatePhase => phases[step];
