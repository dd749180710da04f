/** Left rotations of the four rounds (RFC 1321, 3.4). */
const rotations = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
/** The integer parts of 2^32 × |sin(i)|, i from 1 (RFC 1321, 3.4). */
const sines = Int32Array.from({ length: 64 }, (_, index) => Math.floor(2 ** 32 * Math.abs(Math.sin(index + 1))));
/** How many bits to rotate by, and which word of the block to take, step by step. */
const shifts = Uint8Array.from({ length: 64 }, (_, step) => rotations[step >> 4]?.[step & 3] ?? 0);
const words = Uint8Array.from({ length: 64 }, (_, step) => [step, 5 * step + 1, 3 * step + 5, 7 * step][step >> 4] ?? 0).map((word) => word & 15);

const blockLength = 64;
const initial = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

function mix(step: number, b: number, c: number, d: number): number {
  if (step < 16) return (b & c) | (~b & d);
  if (step < 32) return (b & d) | (c & ~d);
  if (step < 48) return b ^ c ^ d;
  return c ^ (b | ~d);
}

function digestBlock(state: Int32Array, view: DataView, offset: number): void {
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  for (let step = 0; step < 64; step += 1) {
    const sum = (a + mix(step, b, c, d) + (sines[step] ?? 0) + view.getInt32(offset + 4 * (words[step] ?? 0), true)) | 0;
    const shift = shifts[step] ?? 0;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
}

/** MD5 (RFC 1321), as a video bar computes it of the file that it holds. For virtual devices: programs hand in their platform's. */
export function md5(bytes: Uint8Array): Uint8Array {
  const whole = bytes.length - (bytes.length % blockLength);
  const tail = bytes.subarray(whole);
  const end = new Uint8Array(tail.length < blockLength - 8 ? blockLength : 2 * blockLength);
  end.set(tail);
  end[tail.length] = 0x80;
  const endView = new DataView(end.buffer);
  endView.setUint32(end.length - 8, (bytes.length << 3) >>> 0, true);
  endView.setUint32(end.length - 4, Math.floor(bytes.length / 2 ** 29), true);
  const state = Int32Array.from(initial);
  const view = new DataView(bytes.buffer, bytes.byteOffset, whole);
  for (let offset = 0; offset < whole; offset += blockLength) digestBlock(state, view, offset);
  for (let offset = 0; offset < end.length; offset += blockLength) digestBlock(state, endView, offset);
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, index) => {
    digest.setInt32(4 * index, word, true);
  });
  return new Uint8Array(digest.buffer);
}
