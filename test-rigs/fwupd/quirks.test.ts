import { catalogue, findProduct, type GenerationId } from '@jpd/protocol';
import { expect, it } from 'vitest';
import { describeWith } from '../lab/requirements.ts';
import { fwupdtool } from './fwupdtool.ts';
import { jabraQuirks, type QuirkRow } from './quirks.ts';

const generations: Readonly<Record<QuirkRow['plugin'], GenerationId>> = { jabra: 'legacy-speak', jabra_file: 'gnp-file', jabra_gnp: 'gnp-ota' };

const hex = (id: number): string => id.toString(16).toUpperCase().padStart(4, '0');

describeWith(fwupdtool, 'the list of products that fwupd works by', () => {
  const rows = jabraQuirks();
  const over = (...plugins: QuirkRow['plugin'][]): [string, QuirkRow][] =>
    rows.filter(({ plugin }) => plugins.includes(plugin)).map((row) => [hex(row.productId), row]);

  it('has products of all three ways to update', () => {
    expect(new Set(rows.map(({ plugin }) => plugin))).toEqual(new Set(Object.keys(generations)));
    expect(rows.length).toBeGreaterThan(70);
  });

  it.each(over('jabra', 'jabra_file', 'jabra_gnp'))('agrees with our catalogue on how %s is updated', (_, { productId, plugin }) => {
    expect(findProduct(productId)?.family.generation).toBe(generations[plugin]);
  });

  it.each(over('jabra_gnp'))('agrees with our catalogue on the address of %s', (_, { productId, address }) => {
    expect(findProduct(productId)?.family.address).toBe(address);
  });

  it.each(over('jabra'))('agrees with our catalogue on how %s is detached', (_, { productId, magic, bootProductId }) => {
    expect(findProduct(productId)?.product.detach).toEqual({ ...magic, bootProductId });
  });

  it('names every product that our catalogue has from the vendor, but for those that are only known from its other sources', () => {
    const listed = new Set(rows.flatMap(({ productId, bootProductId }) => [productId, bootProductId]));
    const others = catalogue.families
      .flatMap(({ products }) => products)
      .filter(({ source, productId }) => source === 'vendor' && !listed.has(productId));
    // A Speak 510 of an earlier list of fwupd, and the DFU id of its PanaCast 50 test data.
    expect(others.map(({ productId }) => hex(productId))).toEqual(['3010', '0422']);
  });
});
