// The tray icon in its four states, drawn on a grid of 16 as the design has it: a plain headset, and a shape for each state, never only a colour.
import { mkdir, writeFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';

const sizes = [16, 20, 24, 32];
const inks = { black: [0x24, 0x24, 0x24], white: [0xff, 0xff, 0xff] };
/** Fluent's colorBrandBackground, which the windows have for buttons. */
const ground = [0x0f, 0x6c, 0xbd];
const orange = [0xf7, 0x63, 0x0c];
/** Samples a pixel and direction. */
const fine = 8;

const near = (distance, half) => distance <= half;
const toSegment = (x, y, [ax, ay], [bx, by]) => {
  const [dx, dy] = [bx - ax, by - ay];
  const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
};
const inCircle = (x, y, cx, cy, r) => Math.hypot(x - cx, y - cy) <= r;
const inRounded = (x, y, left, top, width, height, r) => {
  const dx = Math.max(left + r - x, x - (left + width - r), 0);
  const dy = Math.max(top + r - y, y - (top + height - r), 0);
  return x >= left && x <= left + width && y >= top && y <= top + height && Math.hypot(dx, dy) <= r;
};

const band = (x, y) => (y <= 8 ? near(Math.abs(Math.hypot(x - 8, y - 8) - 5), 0.75) : false);
const headset = (x, y) =>
  band(x, y) ||
  near(toSegment(x, y, [3, 8], [3, 9.5]), 0.75) ||
  near(toSegment(x, y, [13, 8], [13, 9.5]), 0.75) ||
  inRounded(x, y, 1.75, 8.5, 3, 5, 1.3) ||
  inRounded(x, y, 11.25, 8.5, 3, 5, 1.3);
const cut = (x, y) => inCircle(x, y, 12.5, 12.5, 4.2);
const arrow = (x, y) =>
  near(toSegment(x, y, [12.5, 15.3], [12.5, 10]), 0.7) ||
  near(toSegment(x, y, [12.5, 10], [10.3, 12.2]), 0.7) ||
  near(toSegment(x, y, [12.5, 10], [14.7, 12.2]), 0.7);
const slash = (x, y, half) => near(toSegment(x, y, [2.5, 2.5], [13.5, 13.5]), half);

/** Colour of a point, or nothing. */
const states = {
  normal: (x, y, ink) => (headset(x, y) ? ink : null),
  attention: (x, y, ink) => (inCircle(x, y, 12.5, 12.5, 3) ? orange : headset(x, y) && !cut(x, y) ? ink : null),
  updating: (x, y, ink) => (arrow(x, y) || (headset(x, y) && !cut(x, y)) ? ink : null),
  unmanaged: (x, y, ink) => (slash(x, y, 0.7) || (headset(x, y) && !slash(x, y, 1.7)) ? ink : null),
};

/** Writes STATE-INK-SIZE.png into `folder`. */
export async function drawIcons(folder) {
  await mkdir(folder, { recursive: true });
  for (const [state, paint] of Object.entries(states)) {
    for (const [name, ink] of Object.entries(inks)) {
      for (const size of sizes)
        await writeFile(
          `${folder}/${state}-${name}-${size}.png`,
          png(size, (x, y) => paint(x, y, ink)),
        );
    }
  }
}

/** The program's own icon: the headset in white on a round-cornered ground of its own colour. A PNG of this size. */
export const programIcon = (size) =>
  png(size, (x, y) => {
    if (headset((x - 8) / 0.7 + 8, (y - 8) / 0.7 + 8.25)) return inks.white;
    return inRounded(x, y, 0.5, 0.5, 15, 15, 3.5) ? ground : null;
  });

/** A PNG (RFC 2083) of 8 bits RGBA. */
function png(size, colourAt) {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) pixel(size, row, column, colourAt).copy(rows, row * (1 + size * 4) + 1 + column * 4);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}

function pixel(size, row, column, colourAt) {
  const sum = [0, 0, 0];
  let hits = 0;
  for (let i = 0; i < fine * fine; i += 1) {
    const x = ((column + ((i % fine) + 0.5) / fine) * 16) / size;
    const y = ((row + (Math.floor(i / fine) + 0.5) / fine) * 16) / size;
    const colour = colourAt(x, y);
    if (colour === null) continue;
    hits += 1;
    for (const part of [0, 1, 2]) sum[part] += colour[part];
  }
  if (hits === 0) return Buffer.alloc(4);
  return Buffer.from([...sum.map((value) => Math.round(value / hits)), Math.round((255 * hits) / (fine * fine))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
