import { HidDescriptorError } from './errors.ts';
import { LONG_ITEM_PREFIX } from './item-tags.ts';

/** A short item (HID 1.11, 6.2.2.2), its data read both ways because only the tag tells which one is meant. */
export interface ShortItem {
  /** Byte offset of the item's prefix. */
  readonly offset: number;
  readonly type: number;
  readonly tag: number;
  /** Data bytes: 0, 1, 2 or 4. */
  readonly size: number;
  /** Little endian; 0 without data. */
  readonly unsigned: number;
  /** The same in two's complement of `size` bytes. */
  readonly signed: number;
}

/** The short items of a descriptor in order. Long items are skipped: the class definition gives them a length, but defines none. */
export function* readItems(bytes: Uint8Array): Generator<ShortItem> {
  let offset = 0;
  while (offset < bytes.length) {
    const prefix = byteAt(bytes, offset, offset);
    if (prefix === LONG_ITEM_PREFIX) {
      const end = offset + 3 + byteAt(bytes, offset + 1, offset);
      if (end > bytes.length) throw truncated(offset);
      offset = end;
      continue;
    }
    const size = (prefix & 3) === 3 ? 4 : prefix & 3;
    let unsigned = 0;
    for (let index = 0; index < size; index += 1) unsigned += byteAt(bytes, offset + 1 + index, offset) * 2 ** (8 * index);
    const signed = size > 0 && unsigned >= 2 ** (8 * size - 1) ? unsigned - 2 ** (8 * size) : unsigned;
    yield { offset, type: (prefix >> 2) & 3, tag: prefix >> 4, size, unsigned, signed };
    offset += 1 + size;
  }
}

function byteAt(bytes: Uint8Array, index: number, itemOffset: number): number {
  const byte = bytes[index];
  if (byte === undefined) throw truncated(itemOffset);
  return byte;
}

function truncated(offset: number): HidDescriptorError {
  return new HidDescriptorError('truncated', offset, 'The item runs past the end of the descriptor');
}
