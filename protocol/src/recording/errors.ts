/**
 * - `not-a-recording`: the first line says something else
 * - `unsupported-version`: a newer format
 * - `bad-header`, `bad-report`: a line that is neither a header, a report nor a comment
 * - `unexpected-report`: a replay was sent what the recording doesn't have there
 */
export type RecordingErrorCode = 'not-a-recording' | 'unsupported-version' | 'bad-header' | 'bad-report' | 'unexpected-report';

/** What is wrong with a recording, or with what is said to one. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly code: RecordingErrorCode;
  /** Line of the text, from 1; null where there is none to name. */
  readonly line: number | null;

  constructor(code: RecordingErrorCode, message: string, line: number | null = null) {
    super(line === null ? message : `line ${line}: ${message}`);
    this.code = code;
    this.line = line;
  }
}
