import type { FirmwareError } from '../../contract/index.ts';

/** A package as far as it is on this PC, and fits the device that it is asked for. */
export type PackageState =
  | { readonly kind: 'missing' }
  | { readonly kind: 'downloading'; readonly done: number; readonly total: number }
  /** The download was interrupted and goes on then (Unix milliseconds). */
  | { readonly kind: 'waiting'; readonly until: number }
  | { readonly kind: 'ready' }
  /** It will not get better by itself. */
  | { readonly kind: 'failed'; readonly error: FirmwareError };
