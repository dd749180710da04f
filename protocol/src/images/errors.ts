/**
 * Why a firmware package is of no use.
 * - `not-a-zip`: something else, or no package at all
 * - `too-large`: more than a limit allows; which one is in the message
 * - `malformed-zip`: cut off, or its records contradict each other
 * - `unsupported-zip`: encrypted, of several parts, over 4 GiB, or packed by a method other than Deflate
 * - `unsafe-name`: a name that leads out of a folder, or that is no text
 * - `duplicate-name`: two entries that some file systems can't tell apart
 * - `corrupt`: an entry isn't what the directory says of it
 * - `no-info`: there is no `info.xml`
 * - `malformed-info`: `info.xml` is no plain UTF-8 XML
 * - `invalid-info`: `info.xml` lacks something, says it twice, or says it wrongly
 * - `missing-file`: `info.xml` names a file that isn't there
 * - `wrong-crc`: an image isn't the one that `info.xml` was written for
 * - `no-image`: there is none for this language
 * - `ambiguous-image`: there are several for one partition
 */
export type FirmwarePackageErrorCode =
  | 'not-a-zip'
  | 'too-large'
  | 'malformed-zip'
  | 'unsupported-zip'
  | 'unsafe-name'
  | 'duplicate-name'
  | 'corrupt'
  | 'no-info'
  | 'malformed-info'
  | 'invalid-info'
  | 'missing-file'
  | 'wrong-crc'
  | 'no-image'
  | 'ambiguous-image';

/** The only error that reading a firmware package, and choosing from it, throws. */
export class FirmwarePackageError extends Error {
  override readonly name = 'FirmwarePackageError';
  readonly code: FirmwarePackageErrorCode;

  constructor(code: FirmwarePackageErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
