/**
 * Why a report descriptor was refused.
 * `truncated`: an item runs past the end. `unbalanced-collection`: a collection is closed twice or never.
 * `pop-without-push`: nothing to restore. `invalid-item`: an item that contradicts the class definition. `limits`: larger than `HID_LIMITS` allows.
 */
export type HidDescriptorErrorCode = 'truncated' | 'unbalanced-collection' | 'pop-without-push' | 'invalid-item' | 'limits';

/** The only error that reading a report descriptor throws. */
export class HidDescriptorError extends Error {
  override readonly name = 'HidDescriptorError';
  readonly code: HidDescriptorErrorCode;
  /** Byte offset of the item at fault; the descriptor's length if its end is at fault. */
  readonly offset: number;

  constructor(code: HidDescriptorErrorCode, offset: number, message: string) {
    super(`${message} (at byte ${offset})`);
    this.code = code;
    this.offset = offset;
  }
}

/**
 * Why a value could not be read from or written to a report.
 * `wrong-report`: its id belongs to another report. `too-short`: the report ends before the field. `unsupported-size`: the field has more than 32 bits.
 * `out-of-range`: the value, or the element index, doesn't fit the field. `not-an-array`: a variable field where an array was asked for.
 */
export type HidReportErrorCode = 'wrong-report' | 'too-short' | 'unsupported-size' | 'out-of-range' | 'not-an-array';

/** The only error that reading and writing report values throws. */
export class HidReportError extends Error {
  override readonly name = 'HidReportError';
  readonly code: HidReportErrorCode;

  constructor(code: HidReportErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
