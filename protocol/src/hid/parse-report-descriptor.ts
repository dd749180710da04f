import { CollectionTree } from './collection-tree.ts';
import { HidDescriptorError } from './errors.ts';
import { GlobalItems } from './global-items.ts';
import { ITEM_TYPE, MAIN_TAG } from './item-tags.ts';
import { readItems, type ShortItem } from './items.ts';
import { HID_LIMITS } from './limits.ts';
import { LocalItems } from './local-items.ts';
import { decodeMainFlags } from './main-flags.ts';
import type { HidReportKind, ReportDescriptor } from './model.ts';
import { ReportTable } from './report-table.ts';

/**
 * Reads a report descriptor (Device Class Definition for HID 1.11, section 6.2.2).
 *
 * Long items, reserved item types, reserved main and reserved local tags are skipped: they move no bits, and some devices pad their
 * descriptor with zero bytes. Fields of no bits leave no trace. Takes time and memory in proportion to the descriptor's length.
 *
 * @throws HidDescriptorError and nothing else, whatever the bytes.
 */
export function parseReportDescriptor(bytes: Uint8Array): ReportDescriptor {
  if (bytes.length > HID_LIMITS.descriptorBytes) throw new HidDescriptorError('limits', 0, 'The descriptor is too long');
  const parser = new DescriptorParser();
  for (const item of readItems(bytes)) parser.apply(item);
  return parser.finish(bytes.length);
}

class DescriptorParser {
  readonly #globals = new GlobalItems();
  readonly #collections = new CollectionTree();
  readonly #reports = new ReportTable();
  #locals = new LocalItems();

  apply(item: ShortItem): void {
    switch (item.type) {
      case ITEM_TYPE.main:
        this.#main(item);
        this.#locals = new LocalItems();
        return;
      case ITEM_TYPE.global:
        this.#globals.apply(item);
        return;
      case ITEM_TYPE.local:
        this.#locals.apply(item);
        return;
      default:
    }
  }

  finish(length: number): ReportDescriptor {
    return { collections: this.#collections.finish(length), reports: this.#reports.reports() };
  }

  #main(item: ShortItem): void {
    switch (item.tag) {
      case MAIN_TAG.collection: {
        if (item.unsigned > 0xff) throw new HidDescriptorError('invalid-item', item.offset, 'A collection type has 8 bits');
        const { usages } = this.#locals.finish(this.#globals.state.usagePage, item.offset);
        this.#collections.open(item.unsigned, usages, item.offset);
        return;
      }
      case MAIN_TAG.endCollection:
        this.#collections.close(item.offset);
        return;
      case MAIN_TAG.input:
        this.#field('input', item);
        return;
      case MAIN_TAG.output:
        this.#field('output', item);
        return;
      case MAIN_TAG.feature:
        this.#field('feature', item);
        return;
      default:
    }
  }

  #field(kind: HidReportKind, item: ShortItem): void {
    const { usagePage, reportId, reportSize, reportCount, unit, unitExponent } = this.#globals.state;
    const locals = this.#locals.finish(usagePage, item.offset);
    if (reportSize === 0 || reportCount === 0) return;
    const field = {
      kind,
      reportId,
      bitSize: reportSize,
      count: reportCount,
      ...locals,
      ...decodeMainFlags(kind, item.unsigned),
      ...this.#globals.extents(),
      unit,
      unitExponent,
      collectionPath: this.#collections.path,
    };
    this.#reports.append(field, item.offset);
  }
}
