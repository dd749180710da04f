import { HidDescriptorError } from './errors.ts';
import { GLOBAL_TAG } from './item-tags.ts';
import type { ShortItem } from './items.ts';
import { HID_LIMITS } from './limits.ts';

interface Extent {
  readonly signed: number;
  readonly unsigned: number;
}

interface GlobalState {
  readonly usagePage: number;
  readonly logicalMinimum: Extent;
  readonly logicalMaximum: Extent;
  readonly physicalMinimum: Extent;
  readonly physicalMaximum: Extent;
  readonly unitExponent: number;
  readonly unit: number;
  readonly reportSize: number;
  readonly reportId: number;
  readonly reportCount: number;
}

const ZERO: Extent = { signed: 0, unsigned: 0 };

const INITIAL: GlobalState = {
  usagePage: 0,
  logicalMinimum: ZERO,
  logicalMaximum: ZERO,
  physicalMinimum: ZERO,
  physicalMaximum: ZERO,
  unitExponent: 0,
  unit: 0,
  reportSize: 0,
  reportId: 0,
  reportCount: 0,
};

/** The state that global items change and main items use, with its stack: HID 1.11, 6.2.2.7. */
export class GlobalItems {
  #state = INITIAL;
  readonly #stack: GlobalState[] = [];

  get state(): GlobalState {
    return this.#state;
  }

  /** Extents as a field has them. */
  extents(): { logicalMinimum: number; logicalMaximum: number; physicalMinimum: number; physicalMaximum: number } {
    const { logicalMinimum, logicalMaximum, physicalMinimum, physicalMaximum } = this.#state;
    const logical = { minimum: logicalMinimum.signed, maximum: maximumOf(logicalMinimum, logicalMaximum) };
    const stated = physicalMinimum.signed !== 0 || physicalMaximum.signed !== 0;
    const physical = stated ? { minimum: physicalMinimum.signed, maximum: maximumOf(physicalMinimum, physicalMaximum) } : logical;
    return {
      logicalMinimum: logical.minimum,
      logicalMaximum: logical.maximum,
      physicalMinimum: physical.minimum,
      physicalMaximum: physical.maximum,
    };
  }

  apply(item: ShortItem): void {
    switch (item.tag) {
      case GLOBAL_TAG.push:
        if (this.#stack.length >= HID_LIMITS.pushDepth) throw new HidDescriptorError('limits', item.offset, 'Too many pushes');
        this.#stack.push(this.#state);
        return;
      case GLOBAL_TAG.pop: {
        const saved = this.#stack.pop();
        if (saved === undefined) throw new HidDescriptorError('pop-without-push', item.offset, 'Pop without a push');
        this.#state = saved;
        return;
      }
      default:
        this.#state = { ...this.#state, ...changeOf(item) };
    }
  }
}

/** A maximum is unsigned unless its minimum is negative: devices write 0 to 255 as `15 00 25 FF` as well as `15 00 26 FF 00`. */
function maximumOf(minimum: Extent, maximum: Extent): number {
  return minimum.signed >= 0 ? maximum.unsigned : maximum.signed;
}

function changeOf(item: ShortItem): Partial<GlobalState> {
  switch (item.tag) {
    case GLOBAL_TAG.usagePage:
      if (item.unsigned > 0xffff) throw new HidDescriptorError('invalid-item', item.offset, 'A usage page has 16 bits');
      return { usagePage: item.unsigned };
    case GLOBAL_TAG.logicalMinimum:
      return { logicalMinimum: item };
    case GLOBAL_TAG.logicalMaximum:
      return { logicalMaximum: item };
    case GLOBAL_TAG.physicalMinimum:
      return { physicalMinimum: item };
    case GLOBAL_TAG.physicalMaximum:
      return { physicalMaximum: item };
    case GLOBAL_TAG.unitExponent:
      // A signed nibble. Devices that write a whole signed byte (FE for -2) have the same low nibble.
      return { unitExponent: ((item.unsigned & 0x0f) ^ 8) - 8 };
    case GLOBAL_TAG.unit:
      return { unit: item.unsigned };
    case GLOBAL_TAG.reportSize:
      return { reportSize: item.unsigned };
    case GLOBAL_TAG.reportId:
      if (item.unsigned < 1 || item.unsigned > 0xff) throw new HidDescriptorError('invalid-item', item.offset, 'A report id is 1 to 255');
      return { reportId: item.unsigned };
    case GLOBAL_TAG.reportCount:
      return { reportCount: item.unsigned };
    default:
      // Unlike a reserved main or local item it could change the layout of what follows, so guessing would misread reports.
      throw new HidDescriptorError('invalid-item', item.offset, 'A reserved global item');
  }
}
