/**
 * - `in-use`: another bus serves on this socket
 * - `not-a-socket`: there is a file of another kind, which is left alone
 * - `not-reachable`: no bus answers on it
 * - `not-served`: the system doesn't let a server listen there
 */
export type BusErrorCode = 'in-use' | 'not-a-socket' | 'not-reachable' | 'not-served';

/** What goes wrong between a program and the socket of a virtual bus. */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Node's code of a system error, e.g. `ECONNREFUSED`. */
export const systemCode = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
