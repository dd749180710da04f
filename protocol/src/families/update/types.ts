import type { CancelSignal, Clock } from '../../session/clock.ts';
import type { Session } from '../../session/session.ts';

/** A device that is being updated, as it can be talked to right now. */
export interface UpdateConnection {
  readonly session: Session;
  /** GNP address of what is updated. */
  readonly address: number;
  close(): Promise<void>;
}

/** The device that an update is for, wherever it is plugged: an update outlives paths. */
export interface UpdateTarget {
  /** Opens it where it is now, null where it isn't. */
  connect(): Promise<UpdateConnection | null>;
  /** Something came or went: another `connect` is worth it. Returns what ends the subscription. */
  onChange(listener: () => void): () => void;
}

/**
 * What must outlive the process: where an update had come to. One update has one journal. What `load` gives is checked by whoever wrote it;
 * null where there is nothing.
 */
export interface UpdateJournal {
  load(): Promise<unknown>;
  /** Resolves once the entry would survive a power cut. The entry is plain JSON. */
  save(entry: unknown): Promise<void>;
  clear(): Promise<void>;
}

/** Hashes, handed in: this library has no crypto. */
export interface Digest {
  /** 16 bytes. */
  md5(bytes: Uint8Array): Uint8Array;
}

/**
 * - `checking`: the device is asked what it is and has
 * - `transferring`: the device takes the firmware and goes on working
 * - `verifying`: it has all of it
 * - `installing`: it may not be cancelled any more, and is away for a while
 */
export type UpdatePhase = 'checking' | 'transferring' | 'verifying' | 'installing';

export interface UpdateProgress {
  readonly phase: UpdatePhase;
  /** Bytes that the device has taken, and of how many; it goes back where a transfer begins again. */
  readonly done: number;
  readonly total: number;
}

/** Why nothing was begun. */
export type UpdateRefusal =
  /** The firmware is another product's. */
  | 'wrong-product'
  /** The firmware cannot be sent: empty, too long, or without a version. */
  | 'unusable-firmware'
  /** This product has no update that somebody vouches for. */
  | 'unsupported';

/** Why an update came to nothing. The device runs what it ran before, as far as it can still say. */
export type UpdateFailure =
  /** It isn't plugged, or didn't come back. */
  | 'gone'
  /** It doesn't answer, or answers nonsense. */
  | 'no-answer'
  /** It said NACK. */
  | 'rejected'
  /** It was busy all the time. */
  | 'busy'
  /** What arrived is not what was sent. */
  | 'corrupted'
  /** It came back with another version. */
  | 'not-installed';

/** What came of an update. */
export type UpdateOutcome =
  | { readonly status: 'updated'; readonly version: string }
  /** It ran that version already; nothing was written. */
  | { readonly status: 'current'; readonly version: string }
  | { readonly status: 'refused'; readonly reason: UpdateRefusal }
  /** Before the point of no return; the device runs what it ran before. */
  | { readonly status: 'cancelled' }
  | { readonly status: 'failed'; readonly reason: UpdateFailure; readonly phase: UpdatePhase; readonly cause: Error | null };

/** What an update needs of the program that runs it. */
export interface UpdateHost {
  readonly target: UpdateTarget;
  readonly clock: Clock;
  readonly journal?: UpdateJournal;
  /** Counts until the device is told to install. */
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: UpdateProgress) => void;
}
