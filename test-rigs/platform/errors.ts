/** Why a request was refused; also the `code` of an HTTP error body. */
export type RequestErrorCode =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  /** Of the API for clients (docs/contract.md). */
  | 'csr-required'
  | 'client-exists'
  | 'revoked';

/** Someone asked for what cannot be done. The message is meant for that person. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: RequestErrorCode;

  constructor(code: RequestErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export type StartErrorCode =
  /** Wrong use: nothing was started or changed. */
  | 'invalid-option'
  | 'not-available'
  | 'organization-mismatch'
  | 'data-folder-unusable'
  /** The surroundings are in the way. */
  | 'already-running'
  | 'listen-failed'
  | 'broker-unreachable';

/** The platform could not be started. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `code` of an error of Node's own (`EADDRINUSE`), or null. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
