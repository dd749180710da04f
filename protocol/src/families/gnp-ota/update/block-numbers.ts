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

const isNumberOf = (value: number, index: number): boolean =>
  value === blockNumber(index, 65_536) || (index >= firstAmbiguousBlock && value === blockNumber(index, 65_535));

/**
 * Reads an acknowledgement. fwupd takes the number of the window's last block and the one before it; so does this, but for a window of one block, where the
 * one before may be the previous window's acknowledgement that came late: there it counts only while no window was acknowledged, or where the device always
 * says one less (`saysOneLess`).
 */
export function readAcknowledgement(value: number, { from, to }: BlockWindow, saysOneLess: boolean | null): Acknowledgement {
  if (isNumberOf(value, to)) return all;
  if ((to > from || saysOneLess !== false) && isNumberOf(value, to - 1)) return all;
  for (let index = from; index < to - 1; index += 1) if (isNumberOf(value, index)) return { kind: 'part', next: index + 1 };
  return other;
}

/** Whether the acknowledgement of a whole window names the block before its last one. */
export const isOneLess = (value: number, { to }: BlockWindow): boolean => !isNumberOf(value, to);
