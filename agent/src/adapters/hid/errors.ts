/**
 * - `gone`: the path, or the bus that it is on, is no longer there
 * - `no-permission`: the system doesn't let this account open it
 * - `not-opened`: it could not be opened for a reason that the system keeps to itself, such as exclusive use by another program
 * - `no-library`: the native module could not be loaded
 */
export type HidErrorCode = 'gone' | 'no-permission' | 'not-opened' | 'no-library';

/** What goes wrong between the agent and the operating system's HID. */
export class HidError extends Error {
  override readonly name = 'HidError';
  readonly code: HidErrorCode;

  constructor(code: HidErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
