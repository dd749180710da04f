import { systemCode } from '../node/index.ts';
/**
 * - `locked`: another process has the folder open.
 * - `not-writable`: this account may not read or write it, or the file system is read-only.
 * - `unusable`: it cannot be opened or made for another reason (disk full, input/output error, a part of the path is a file).
 * - `invalid-write`: the caller's section or value cannot be kept; nothing was written.
 * - `write-failed`: the transaction was not written.
 * - `closed`: the store was closed before.
 */
export type StoreErrorCode = 'locked' | 'not-writable' | 'unusable' | 'invalid-write' | 'write-failed' | 'closed';

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}

export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const REFUSED: readonly (string | null)[] = ['EACCES', 'EPERM', 'EROFS', 'EBUSY'];

/** What a failed file operation means for somebody who has to repair it. */
export function folderError(folder: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const code = systemCode(cause);
  if (REFUSED.includes(code)) {
    return new StoreError(
      'not-writable',
      `The state folder ${folder} cannot be read and written (${code}). Give the account that runs the agent full access to it, or name another folder.`,
      cause,
    );
  }
  return new StoreError(
    'unusable',
    `The state folder ${folder} cannot be used: ${describeError(cause)}. Free space, repair the disk, or name another folder.`,
    cause,
  );
}
