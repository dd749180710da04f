/**
 * - `exists`: there is a file already, and it was not to be replaced.
 * - `not-a-file`: a folder, or something else, is in its place.
 * - `no-folder`: the folder in which it was to be written doesn't exist.
 * - `not-written`: it could not be written for another reason.
 */
export type FilesErrorCode = 'exists' | 'not-a-file' | 'no-folder' | 'not-written';

export class FilesError extends Error {
  override readonly name = 'FilesError';
  readonly code: FilesErrorCode;

  constructor(code: FilesErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
