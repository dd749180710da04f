import type { Catalogue } from './catalogue.ts';
import type { UpdateWay } from './types.ts';

const updates: Readonly<Record<UpdateWay['kind'], string>> = {
  'over-the-air': 'over the air',
  'file-transfer': 'as a file',
  'usb-dfu': 'by USB DFU',
  none: '–',
};

const hex = (id: number): string => id.toString(16).toUpperCase().padStart(4, '0');

/** Every product as a Markdown table, made of the rows: products of one name and source share a line. */
export function productTable({ families, updateWayOf }: Pick<Catalogue, 'families' | 'updateWayOf'>): string {
  const lines = new Map<string, number[]>();
  for (const family of families) {
    for (const product of family.products) {
      const way = updates[updateWayOf({ family, product }).kind];
      const cells = [product.name, `\`${family.id}\``, family.formFactor, family.generation, product.source, way, String(family.settings.length)];
      const key = cells.join(' | ');
      lines.set(key, [...(lines.get(key) ?? []), product.productId]);
    }
  }
  const head = ['product', 'family', 'kind', 'generation', 'known from', 'firmware', 'settings', 'USB product ids'];
  const rows = [...lines].map(([cells, ids]) => `| ${cells} | ${ids.map(hex).join(' ')} |`);
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...rows].join('\n');
}
