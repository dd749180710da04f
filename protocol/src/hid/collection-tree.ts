import { HidDescriptorError } from './errors.ts';
import { HID_LIMITS } from './limits.ts';
import type { HidCollection, HidUsage, HidUsageRange } from './model.ts';

interface OpenCollection {
  readonly children: HidCollection[];
  readonly path: readonly HidUsage[];
}

const OUTSIDE: readonly HidUsage[] = [];

/** The collections of a descriptor, grown as Collection and End Collection items arrive. */
export class CollectionTree {
  readonly #top: HidCollection[] = [];
  readonly #open: OpenCollection[] = [];

  /** Usages from the top-level collection down to the innermost open one. */
  get path(): readonly HidUsage[] {
    return this.#open.at(-1)?.path ?? OUTSIDE;
  }

  open(type: number, usages: readonly HidUsageRange[], offset: number): void {
    if (this.#open.length >= HID_LIMITS.collectionDepth) throw new HidDescriptorError('limits', offset, 'Collections are nested too deep');
    const [range] = usages;
    const usage: HidUsage = { usagePage: range?.usagePage ?? 0, usage: range?.minimum ?? 0 };
    const alternatives = (range?.alternatives ?? []).map((span) => ({ usagePage: span.usagePage, usage: span.minimum }));
    const children: HidCollection[] = [];
    const siblings = this.#open.at(-1)?.children ?? this.#top;
    siblings.push({ ...usage, type, alternatives, children });
    this.#open.push({ children, path: [...this.path, usage] });
  }

  close(offset: number): void {
    if (this.#open.pop() === undefined) throw new HidDescriptorError('unbalanced-collection', offset, 'No collection is open');
  }

  finish(offset: number): HidCollection[] {
    if (this.#open.length > 0) throw new HidDescriptorError('unbalanced-collection', offset, 'A collection is still open');
    return this.#top;
  }
}
