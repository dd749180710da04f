import { BoundPair } from './bound-pair.ts';
import { HidDescriptorError } from './errors.ts';
import { LOCAL_TAG } from './item-tags.ts';
import type { ShortItem } from './items.ts';
import type { HidIndexRange, HidUsageRange, HidUsageSpan } from './model.ts';

/** What the local items since the last main item say about the next one. */
interface Locals {
  readonly usages: readonly HidUsageRange[];
  readonly designators: readonly HidIndexRange[];
  readonly strings: readonly HidIndexRange[];
}

/** A usage whose page may still change: without a page of its own it takes the one in force at the main item. */
interface LocalSpan {
  readonly usagePage: number | null;
  readonly minimum: number;
  readonly maximum: number;
}

interface LocalUsage {
  readonly preferred: LocalSpan;
  readonly alternatives: readonly LocalSpan[];
}

interface DelimiterSet {
  readonly spans: LocalSpan[];
  readonly indexed: Set<'designator' | 'string'>;
}

/** Local items (HID 1.11, 6.2.2.8). They describe one main item, so each main item gets a new one of these. */
export class LocalItems {
  readonly #usages: LocalUsage[] = [];
  readonly #ranges: Record<'designator' | 'string', HidIndexRange[]> = { designator: [], string: [] };
  readonly #bounds = { usage: new BoundPair(), designator: new BoundPair(), string: new BoundPair() };
  #set: DelimiterSet | null = null;

  apply(item: ShortItem): void {
    switch (item.tag) {
      case LOCAL_TAG.usage:
        return this.#addUsage(item, item);
      case LOCAL_TAG.usageMinimum:
        return this.#bounds.usage.lower(item, (minimum, maximum) => this.#addUsage(minimum, maximum));
      case LOCAL_TAG.usageMaximum:
        return this.#bounds.usage.upper(item, (minimum, maximum) => this.#addUsage(minimum, maximum));
      case LOCAL_TAG.designatorIndex:
        return this.#addIndex('designator', item, item);
      case LOCAL_TAG.designatorMinimum:
        return this.#bounds.designator.lower(item, (minimum, maximum) => this.#addIndex('designator', minimum, maximum));
      case LOCAL_TAG.designatorMaximum:
        return this.#bounds.designator.upper(item, (minimum, maximum) => this.#addIndex('designator', minimum, maximum));
      case LOCAL_TAG.stringIndex:
        return this.#addIndex('string', item, item);
      case LOCAL_TAG.stringMinimum:
        return this.#bounds.string.lower(item, (minimum, maximum) => this.#addIndex('string', minimum, maximum));
      case LOCAL_TAG.stringMaximum:
        return this.#bounds.string.upper(item, (minimum, maximum) => this.#addIndex('string', minimum, maximum));
      case LOCAL_TAG.delimiter:
        return this.#delimit(item);
      default:
      // A reserved tag describes nothing that we know of and moves no bits.
    }
  }

  /**
   * Ends the set of local items at the main item at `offset`. Usages without a page of their own get `usagePage`, also those that stood
   * before the page was set: by 6.2.2.8 the main item joins the last declared page to the usages. 6.2.2.7 reads otherwise; Linux moved to
   * 6.2.2.8 to agree with Windows (it keeps the earlier page only where usages of several pages precede one main item).
   */
  finish(usagePage: number, offset: number): Locals {
    if (this.#set !== null) throw new HidDescriptorError('invalid-item', offset, 'A delimiter set is still open');
    this.#refuseHalfRange(offset);
    const complete = (span: LocalSpan): HidUsageSpan => ({ ...span, usagePage: span.usagePage ?? usagePage });
    const usages = this.#usages.map(({ preferred, alternatives }) => ({ ...complete(preferred), alternatives: alternatives.map(complete) }));
    return { usages, designators: this.#ranges.designator, strings: this.#ranges.string };
  }

  #addUsage(minimum: ShortItem, maximum: ShortItem): void {
    const span = spanOf(minimum, maximum);
    if (this.#set === null) this.#usages.push({ preferred: span, alternatives: [] });
    else this.#set.spans.push(span);
  }

  #addIndex(kind: 'designator' | 'string', minimum: ShortItem, maximum: ShortItem): void {
    if (maximum.unsigned < minimum.unsigned) throw new HidDescriptorError('invalid-item', minimum.offset, 'An index range ends before it begins');
    if (this.#set !== null) {
      // Later ones describe the alternatives; keeping them would shift the indices of every element that follows.
      if (this.#set.indexed.has(kind)) return;
      this.#set.indexed.add(kind);
    }
    this.#ranges[kind].push({ minimum: minimum.unsigned, maximum: maximum.unsigned });
  }

  #delimit(item: ShortItem): void {
    this.#refuseHalfRange(item.offset);
    if (item.unsigned === 1 && this.#set === null) {
      this.#set = { spans: [], indexed: new Set() };
    } else if (item.unsigned === 0 && this.#set !== null) {
      const [preferred, ...alternatives] = this.#set.spans;
      if (preferred !== undefined) this.#usages.push({ preferred, alternatives });
      this.#set = null;
    } else {
      throw new HidDescriptorError('invalid-item', item.offset, 'A delimiter that neither opens nor closes a set');
    }
  }

  #refuseHalfRange(offset: number): void {
    if (Object.values(this.#bounds).some((bounds) => bounds.isHalf)) {
      throw new HidDescriptorError('invalid-item', offset, 'A minimum without a maximum, or the other way round');
    }
  }
}

/** A four-byte usage carries its page in the high half, whatever the usage page item says (6.2.2.8, "extended usages"). */
function spanOf(minimum: ShortItem, maximum: ShortItem): LocalSpan {
  const pages = [minimum, maximum].map((item) => (item.size === 4 ? Math.floor(item.unsigned / 0x1_0000) : null));
  const [usagePage = null, otherPage = null] = pages;
  const span = { usagePage, minimum: minimum.unsigned % 0x1_0000, maximum: maximum.unsigned % 0x1_0000 };
  if (usagePage !== otherPage) throw new HidDescriptorError('invalid-item', minimum.offset, 'A usage range over two pages');
  if (span.maximum < span.minimum) throw new HidDescriptorError('invalid-item', minimum.offset, 'A usage range ends before it begins');
  return span;
}
