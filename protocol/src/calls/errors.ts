/**
 * - `no-lock`: the caller doesn't hold the device's call lock (any more), or holds another device's
 * - `unsupported`: the device has no call control, or the system doesn't describe it
 * - `wrong-state`: the call isn't where this makes sense; nothing was sent
 * - `disconnected`: the device is gone, its path failed, or the control was closed
 */
export type CallErrorCode = 'no-lock' | 'unsupported' | 'wrong-state' | 'disconnected';

/** What goes wrong in call control. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: CallErrorCode;

  constructor(code: CallErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
