/** Why bytes are not what a declaration says. */
export type DecodeErrorCode = 'truncated' | 'out-of-range' | 'unexpected-value' | 'too-long';

/** The only error that decoding or encoding throws. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code: DecodeErrorCode;

  constructor(code: DecodeErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
