import { decodeUtf8, encodeUtf8 } from '../bytes/index.ts';

/** Real upgrade files are archives that the vendor signs, which nobody else can make; virtual devices take these in their place. */
const mark = 'virtual upgrade ';

/** An upgrade file that turns a virtual video bar's version into `version`, `length` bytes long and different from place to place. */
export function virtualUpgradeFile(version: string, length = 2000): Uint8Array {
  const head = encodeUtf8(`${mark}${version}\n`);
  const content = new Uint8Array(Math.max(length, head.length));
  let state = 0x2545f491;
  for (let index = 0; index < content.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    content[index] = state & 0xff;
  }
  content.set(head);
  return content;
}

/** The version of an upgrade file; null for what isn't one: a device doesn't accept its signature. */
export function versionOfUpgradeFile(content: Uint8Array): string | null {
  const [line = ''] = decodeUtf8(content.subarray(0, mark.length + 24)).split('\n', 1);
  return line.startsWith(mark) ? line.slice(mark.length) : null;
}
