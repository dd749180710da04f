import { firmwareCrc } from '../../images/index.ts';
import { maxBlockLength, type UpdateBlock } from '../../messages/firmware.ts';
import type { BlockNumbers } from './traits.ts';

/** What was announced of an image. */
export interface Announcement {
  readonly crc: number;
  readonly blocks: number;
  readonly window: number;
}

/**
 * What a copy is good for. `lost`: the device lost its power or restarted, so whatever is in it must be erased again; `spoiled`: it was written to while it was
 * not erased, and will never verify.
 */
type Condition = 'erasing' | 'erased' | 'receiving' | 'verified' | 'spoiled' | 'lost';

/** The copy of a partition that doesn't run, while it is written. */
export class StagedCopy {
  #condition: Condition = 'erasing';
  #announced: Announcement | null = null;
  #content: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** Index of the block that comes next; what is before it is stored. */
  #next = 0;
  #eraseRun = 0;
  /** What was written as its version, null where nothing was. */
  version: string | null = null;

  get verified(): boolean {
    return this.#condition === 'verified';
  }

  /** Changes with each `erase`. */
  get eraseRun(): number {
    return this.#eraseRun;
  }

  /** Every announced block is stored. */
  get complete(): boolean {
    return this.#announced !== null && this.#next === this.#announced.blocks;
  }

  /** A copy of what is stored. */
  get content(): Uint8Array {
    return this.#content.slice(0, this.#length);
  }

  erase(): void {
    this.#eraseRun += 1;
    this.#condition = 'erasing';
    this.#announced = null;
    this.#next = 0;
    this.#length = 0;
    this.version = null;
  }

  erased(): void {
    if (this.#condition === 'erasing') this.#condition = 'erased';
  }

  lose(): void {
    this.#condition = 'lost';
    this.#announced = null;
    this.version = null;
  }

  announce(announcement: Announcement): void {
    const isClean = this.#condition === 'erased' || (this.#condition === 'receiving' && this.#next === 0);
    this.#condition = isClean ? 'receiving' : 'spoiled';
    this.#announced = announcement;
    this.#content = new Uint8Array(announcement.blocks * maxBlockLength);
    this.#length = 0;
    this.#next = 0;
  }

  /**
   * Takes a block. In order it is stored; any other is not. Gives the index of the last block that is stored (-1: none) where the one that came is to be
   * acknowledged: the first, every `window`th after it and the last one.
   */
  take({ number, data }: UpdateBlock, numbers: BlockNumbers): number | null {
    if (!this.#announced) return null;
    const index = this.#indexOf(number, numbers);
    if (index === this.#next && index < this.#announced.blocks) {
      this.#content.set(data, this.#length);
      this.#length += data.length;
      this.#next += 1;
    }
    const { window, blocks } = this.#announced;
    return index % window === 0 || index === blocks - 1 ? this.#next - 1 : null;
  }

  /** Whether it is what was announced. */
  verify(): boolean {
    if (this.#condition !== 'receiving' || !this.complete || firmwareCrc(this.content) !== this.#announced?.crc) return false;
    this.#condition = 'verified';
    return true;
  }

  /** The index that is nearest to the block that comes next; a number that there is not is of a block far away. */
  #indexOf(number: number, numbers: BlockNumbers): number {
    if (number >= numbers) return -1;
    const ahead = (number - (this.#next % numbers) + numbers) % numbers;
    return ahead < numbers / 2 ? this.#next + ahead : this.#next + ahead - numbers;
  }
}
