/** What carries messages between the two processes: plain JSON values, in order. */
export interface LocalPipe {
  send(message: unknown): void;
  /** Returns what ends the subscription. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** The other process is gone. Called once. */
  onClosed(listener: () => void): void;
}

/** A call that came to nothing. */
export type LocalErrorCode =
  /** The other process ended. */
  | 'closed'
  /** It tells why in a sentence. */
  | 'refused'
  /** What it said is not what was agreed. */
  | 'malformed';

export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly code: LocalErrorCode;

  constructor(code: LocalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
