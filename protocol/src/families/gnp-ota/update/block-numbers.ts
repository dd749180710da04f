/**
 * How many block numbers there are before they begin again at 0. A block's number has 16 bits, so it matters for images above 3.25 MiB only.
 *
 * fwupd sends the lower 16 bits of the index, which is 65,536, but takes as the acknowledgement of block n the number n, or n % 65,535 - 1. Up to block
 * 131,069 both are what a device gives that repeats the number it was sent; beyond, no public source fits.
 */
export type BlockNumbers = 65_536 | 65_535;

export const otherBlockNumbers = (numbers: BlockNumbers): BlockNumbers => (numbers === 65_536 ? 65_535 : 65_536);

/** From this index on the two readings differ. */
export const firstAmbiguousBlock = 65_535;

/** The number of the block with this index; FFFF is what stands before the first. */
export const blockNumber = (index: number, numbers: BlockNumbers): number => (index < 0 ? 0xffff : index % numbers);

/** Blocks that are on their way, by index, both included; the device acknowledges the last of them. */
export interface BlockWindow {
  readonly from: number;
  readonly to: number;
}

/**
 * What an acknowledgement says of a window.
 * `all`: the device has it. `part`: it has everything before `next`. `other`: it is late, doubled, or nonsense, and moves nothing.
 */
export type Acknowledgement = { readonly kind: 'all' } | { readonly kind: 'part'; readonly next: number } | { readonly kind: 'other' };

const all: Acknowledgement = { kind: 'all' };
const other: Acknowledgement = { kind: 'other' };

/**
 * Reads an acknowledgement of blocks that were numbered this way. fwupd takes the number of the window's last block and the one before it; so does this, but
 * for a window of one block, where the one before may be the previous window's acknowledgement that came late: there it counts only while no window was
 * acknowledged, or where the device always says one less (`saysOneLess`).
 *
 * A device that takes blocks numbered to 65,536 may still acknowledge by a count of its own to 65,535, which fwupd's arithmetic looks like. Such a number is that
 * of a block which wasn't sent yet, so it can be nothing else. The other way round it could, and doesn't count.
 */
export function readAcknowledgement(value: number, { from, to }: BlockWindow, numbers: BlockNumbers, saysOneLess: boolean | null): Acknowledgement {
  const mayBeOneLess = to > from || saysOneLess !== false;
  const isLast = (by: BlockNumbers): boolean => value === blockNumber(to, by) || (mayBeOneLess && value === blockNumber(to - 1, by));
  if (isLast(numbers)) return all;
  for (let index = from; index < to; index += 1) if (value === blockNumber(index, numbers)) return { kind: 'part', next: index + 1 };
  // Below the wrap, and for blocks that were numbered to 65,535, this is the question that was asked above.
  return isLast(65_535) ? all : other;
}

/** Whether the acknowledgement of a whole window names the block before its last one. */
export const isOneLess = (value: number, { to }: BlockWindow, numbers: BlockNumbers): boolean => value !== blockNumber(to, numbers);
