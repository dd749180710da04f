/** The system's code of an error, such as `ENOENT`; null where it has none. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** The same for a sentence. */
export const systemReason = (error: unknown): string => systemCode(error) ?? 'unknown reason';
