import { fileUpdateTiming } from './timing.ts';

/** What the journal holds from just before the device is told to install. */
export interface StartNote {
  readonly kind: 'file-update-started';
  /** Hexadecimal MD5 of the file. */
  readonly md5: string;
  /** Wall clock, milliseconds since the Unix epoch. */
  readonly at: number;
}

/** How long ago the device was told to install this file; null where it wasn't, or must be done by now. A wall clock that was set back says nothing. */
export function startedAgo(entry: unknown, md5: string, now: number): number | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const { kind, md5: noted, at }: Partial<Record<keyof StartNote, unknown>> = entry;
  if (kind !== 'file-update-started' || noted !== md5 || typeof at !== 'number') return null;
  const ago = now - at;
  return ago >= 0 && ago < fileUpdateTiming.installMs + fileUpdateTiming.returnMs ? ago : null;
}
