/** What can leave this PC: a connection's first message, the contract's messages by their kind, and what goes over HTTPS. */
export type SentKind = 'connect' | 'presence' | 'client' | 'devices' | 'events' | 'results' | 'diagnostics' | 'enrolment';

/** One message, as it left. */
export interface SentRecord {
  /** When the program started that sent it, Unix milliseconds, and how many it had sent by then. They are noted when they are acknowledged, in any order. */
  readonly run: number;
  readonly number: number;
  /** When it was sent; RFC 3339, UTC. */
  readonly at: string;
  /** The host that it was sent to. */
  readonly to: string;
  readonly kind: SentKind;
  /** Null for what goes over HTTPS. */
  readonly topic: string | null;
  /** Size of what was sent without its envelope. */
  readonly bytes: number;
  /** The other side said that it has it. False: it may have left. */
  readonly acknowledged: boolean;
  /** The text that left, to the letter; null where it isn't kept: a file, or a secret. An empty one deletes what was said before. */
  readonly payload: string | null;
  /** What it was, for people, where the payload doesn't say. */
  readonly note: string | null;
}

export interface SentHistory {
  /** Newest first, 30 days at most. */
  readonly records: readonly SentRecord[];
  /** Entries that can't be read: a power cut, or a damaged disk. */
  readonly unreadable: number;
  /** RFC 3339: entries before this were dropped early since there was no room for them, or could not be written. Null where nothing is missing. */
  readonly incompleteBefore: string | null;
}

/** What left this PC and when, for the people at it: 30 days, below a cap on the disk. The newest second may be lost when the program is killed. */
export interface SentLog {
  /** Never throws and never waits: what cannot be written is counted, and told by `read`. */
  append(record: SentRecord): void;
  /** All of it, what was appended just now included. */
  read(): Promise<SentHistory>;
  /** Resolves when everything appended so far is in the file, or given up. */
  flush(): Promise<void>;
}
