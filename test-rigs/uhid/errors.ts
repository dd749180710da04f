/** The kernel's side of a uhid device can't be had, or is gone. */
export class UhidError extends Error {
  override readonly name = 'UhidError';
}
