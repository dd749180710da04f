/** What an update notes down for the program that comes after it: plain JSON. */
export interface UpdateJournalEntry {
  readonly format: 1;
  /** GNP 02/01 of the device, null where it tells none. */
  readonly serial: string | null;
  /** Of the package, as the caller gave it. */
  readonly digest: string;
  /** Versions before and after. */
  readonly from: string;
  readonly to: string;
  /** `writing`: the commit wasn't sent. `committing`: it may have been. */
  readonly phase: 'writing' | 'committing';
  /** How often writing began for this package, over restarts of the program. */
  readonly attempts: number;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Reads what a journal gave; null for nothing, and for anything that this version didn't write. */
export function readJournalEntry(value: unknown): UpdateJournalEntry | null {
  if (typeof value !== 'object' || value === null) return null;
  const { format, serial, digest, from, to, phase, attempts }: { readonly [K in keyof UpdateJournalEntry]?: unknown } = value;
  if (format !== 1 || !isText(digest) || !isText(from) || !isText(to)) return null;
  if (serial !== null && !isText(serial)) return null;
  if (phase !== 'writing' && phase !== 'committing') return null;
  if (typeof attempts !== 'number' || !Number.isSafeInteger(attempts) || attempts < 0) return null;
  return { format, serial, digest, from, to, phase, attempts };
}
