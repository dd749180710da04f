/**
 * - `unknown-model`, `unknown-device`, `unknown-setting`, `unknown-button`, `unknown-fault`: there is no such thing
 * - `invalid`: a value that cannot be one
 * - `not-supported`: this device doesn't have it
 * - `unplugged`: only possible while it is plugged
 * - `duplicate`: a device with this serial is on the bus already
 * - `gone`: the path or the device behind it is no longer there
 * - `protocol`: a message to the bus that is none
 */
export type VirtualErrorCode =
  | 'unknown-model'
  | 'unknown-device'
  | 'unknown-setting'
  | 'unknown-button'
  | 'unknown-fault'
  | 'invalid'
  | 'not-supported'
  | 'unplugged'
  | 'duplicate'
  | 'gone'
  | 'protocol';

/** What cannot be done with a virtual bus or device. */
export class VirtualError extends Error {
  override readonly name = 'VirtualError';
  readonly code: VirtualErrorCode;

  constructor(code: VirtualErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
