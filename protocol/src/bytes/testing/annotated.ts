const line = /^\s*((?:[0-9A-F]{2} )*[0-9A-F]{2})(?: {2,}\S.*)?$/;

/**
 * Bytes written by hand, one line for each thing they say: hexadecimal, two spaces, the meaning. Throws `RangeError` for a line that is none.
 *
 * @example annotated(`
 *   05     report id
 *   10 30  3010, low byte first
 * `)
 */
export function annotated(text: string): Uint8Array {
  const lines = text.split('\n').filter((one) => one.trim() !== '');
  const bytes = lines.flatMap((one) => {
    const hex = line.exec(one)?.[1];
    if (hex === undefined) throw new RangeError(`"${one}" is not bytes and a meaning`);
    return hex.split(' ').map((byte) => Number.parseInt(byte, 16));
  });
  return Uint8Array.from(bytes);
}
