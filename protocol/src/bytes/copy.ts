/** A copy of some bytes, also of a Node Buffer, whose own `slice` gives a view. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes, start, end);
}
