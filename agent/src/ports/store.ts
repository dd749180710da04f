/** A JSON value, as it is kept in the store. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One write of a transaction; `value: undefined` deletes. */
export interface StoreWrite {
  readonly section: string;
  readonly key: string;
  readonly value: Json | undefined;
}

/** What opening the store found wrong and what it did about it. */
export interface StoreDamage {
  /** One sentence for the log and the administrator. */
  readonly message: string;
  /** How many records could not be read and were set aside; null where it cannot be known. */
  readonly lostRecords: number | null;
  /** Folder or file into which the unreadable rest was moved, null if nothing was kept. */
  readonly setAside: string | null;
}

/**
 * Durable, transactional state of the agent. It is small: whoever uses a section loads it at start and keeps it in memory;
 * the store is for the next start.
 */
export interface Store {
  /** What was damaged at opening, empty where all was well. */
  readonly damage: readonly StoreDamage[];
  /** Every record of a section in the order of its keys (by UTF-16 code units). */
  load(section: string): Promise<ReadonlyMap<string, Json>>;
  /** Writes all or nothing. Resolves when it would survive a power cut. Calls are carried out in the order they were made. */
  commit(writes: readonly StoreWrite[]): Promise<void>;
  close(): Promise<void>;
}
