import type { CancelSignal } from '@jpd/protocol';

/** A firmware package as a desired document names it. */
export interface PackageReference {
  readonly url: string;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export type PackageFetch =
  /** All of it is here, of that size and with that SHA-256. */
  | { readonly status: 'ready' }
  /** It will not get better by itself: the server's answer, or what it served. */
  | { readonly status: 'failed'; readonly code: 'download-failed' | 'hash-mismatch' | 'size-mismatch'; readonly message: string }
  /** Network, a busy server, no room on the disk: what came so far is kept, and another `fetch` goes on from there. */
  | { readonly status: 'interrupted'; readonly retryAfterMs: number | null; readonly message: string };

/** Firmware packages on this PC: one copy for all devices of a model, over restarts, below a cap on the disk. Packages are named by their SHA-256. */
export interface PackageStore {
  /** Whether all of it is here. */
  has(reference: PackageReference): Promise<boolean>;
  /** Downloads what is missing; two calls for one package share one download. Never rejects but for a cancelled `signal`. */
  fetch(reference: PackageReference, signal: CancelSignal, onProgress?: (done: number, total: number) => void): Promise<PackageFetch>;
  /** The bytes, checked against SHA-256 and size once more; null where it isn't here (any more). */
  read(reference: PackageReference): Promise<Uint8Array | null>;
  /** Deletes every package but these, finished or not. */
  keepOnly(wanted: readonly PackageReference[]): Promise<void>;
}
