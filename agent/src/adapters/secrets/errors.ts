/**
 * - `not-written`: the file could not be written.
 * - `not-protected`: the system offers no protection (DPAPI is missing): nothing is kept rather than in the clear.
 */
export type SecretStoreErrorCode = 'not-written' | 'not-protected';

export class SecretStoreError extends Error {
  override readonly name = 'SecretStoreError';
  readonly code: SecretStoreErrorCode;

  constructor(code: SecretStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The system's code of an error, such as `EACCES`. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason';
}
