import type { HidField, HidUsage, HidUsageSpan } from './model.ts';

type UsagesOf = Pick<HidField, 'usages' | 'isArray'>;

/**
 * What element `index` of a variable field stands for; for an array, what its value `logicalMinimum + index` stands for.
 * Null for padding and past an array's last usage. Of a delimiter set it is the preferred usage.
 */
export function usageAt(field: UsagesOf, index: number): HidUsage | null {
  let before = 0;
  for (const range of field.usages) {
    const length = lengthOf(range);
    if (index < before + length) return { usagePage: range.usagePage, usage: range.minimum + index - before };
    before += length;
  }
  // HID 1.11, 6.2.2.8: with fewer usages than elements the last one applies to all that remain.
  const last = field.usages.at(-1);
  return last === undefined || field.isArray ? null : { usagePage: last.usagePage, usage: last.maximum };
}

/** The inverse of `usageAt`: the first index that stands for the usage, as the preferred one or as an alternative. Null if there is none. */
export function indexOfUsage(field: UsagesOf, { usagePage, usage }: HidUsage): number | null {
  let before = 0;
  for (const range of field.usages) {
    const length = lengthOf(range);
    for (const span of [range, ...range.alternatives]) {
      const within = usage - span.minimum;
      if (span.usagePage === usagePage && usage >= span.minimum && usage <= span.maximum && within < length) return before + within;
    }
    before += length;
  }
  return null;
}

function lengthOf(span: HidUsageSpan): number {
  return span.maximum - span.minimum + 1;
}
