/** One version of one record as LevelDB wrote it. */
export interface LevelEntry {
  readonly key: Uint8Array;
  /** Counts the writes of the database; of two versions of a key the greater one is the newer. */
  readonly sequence: number;
  /** Null where this version is a deletion. */
  readonly value: Uint8Array | null;
}

/** What can still be read of one file. */
export interface FileContents {
  readonly entries: readonly LevelEntry[];
  /** Null where every byte that matters is as it was written; else what is wrong, to be put behind the file's name. */
  readonly fault: string | null;
}

/** LevelDB's value types: 1 is a value, 0 a deletion. */
export const VALUE = 1;
export const DELETION = 0;
