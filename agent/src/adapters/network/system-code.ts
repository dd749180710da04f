/** The system's or library's own code of an error (`ENOENT`, `ERR_OSSL_…`), or null. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
