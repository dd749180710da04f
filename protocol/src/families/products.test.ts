import { describe, expect, test } from 'vitest';
import { families, findProduct } from './registry.ts';
import type { ProductSource } from './types.ts';

type Row = readonly [id: string, source: ProductSource, name: string, ids: string];

/** Facts D1, row by row, written by hand: family, source, part of the name, product ids. */
const facts: readonly Row[] = [
  ['evolve-65', 'vendor', 'Evolve 65 SE', '24FC 24FD 24FE'],
  ['evolve-75', 'vendor', 'Evolve 75 SE', '2502 2503 2504'],
  ['unknown', 'vendor', 'Evolve 65e', '248E'],
  ['unknown', 'vendor', 'Evolve 65t', '2497'],
  ['link-380', 'vendor', 'Link 380', '24C7 24C8 24C9 24CA 24E9'],
  ['link-390', 'vendor', 'Link 390', '2E50 2E51 2E56 2E57'],
  ['link-370', 'usb-ids', 'Link 370', '245E'],
  ['evolve2-50', 'vendor', 'Evolve2 50 (mono)', '2508 2509 250A'],
  ['evolve2-50', 'vendor', 'Evolve2 50 (stereo)', '2505 2506 2507'],
  ['evolve2-55', 'vendor', 'Evolve2 55 (mono)', '24F6 24F7 24F8'],
  ['evolve2-55', 'vendor', 'Evolve2 55 (stereo)', '24F3 24F4 24F5'],
  ['evolve2-55', 'vendor', 'Evolve2 55 (secure)', '2512 2513 2514'],
  ['evolve2-65', 'vendor', 'Evolve2 65 (mono)', '24B3 24B4 24B5 24B6'],
  ['evolve2-65', 'vendor', 'Evolve2 65 (stereo)', '24B7 24B8 24A3 24A4'],
  ['evolve2-65-flex', 'vendor', 'Evolve2 65 Flex', '2517 2518 2519'],
  ['evolve2-65-flex', 'vendor', 'Evolve2 65 Flex (secure)', '2523 2524 2525'],
  ['evolve2-75', 'vendor', 'Evolve2 75', '24D9 24DA 24DB'],
  ['evolve2-85', 'vendor', 'Evolve2 85', '24B9 24BA 24BB 24BC'],
  ['speak2-40', 'vendor', 'Speak2 40', 'AE6D AE6B'],
  ['speak2-55', 'vendor', 'Speak2 55', 'AE6C AE6A AE70'],
  ['speak2-75', 'vendor', 'Speak2 75', '24EF 24F0 24F1'],
  ['unknown', 'community', 'Evolve3 85', '253D 253E 253F'],
  ['evolve2-40', 'community', 'Evolve2 40', '0E40 0E41 0E42 0E43'],
  ['evolve2-40', 'community', 'Evolve2 40 (boot)', '0E44'],
  ['evolve2-40', 'community', 'Evolve2 40 SE', '2E40 2E41 2E42 2E43'],
  ['evolve2-40', 'community', 'Evolve2 40 SE (boot)', '2E44'],
  ['evolve2-30', 'community', 'Evolve2 30', '0E30 0E31 0E32 0E33 0E35'],
  ['evolve2-30', 'community', 'Evolve2 30 (boot)', '0E34'],
  ['evolve2-30', 'community', 'Evolve2 30 SE', '0E36 0E37 0E38 0E39'],
  ['evolve2-30', 'community', 'Evolve2 30 SE (boot)', '0E3A'],
  ['engage-50-ii', 'community', 'Engage 50 II', '4051 4052 4053 4054 4055 4056'],
  ['engage-50-ii', 'community', 'Engage 50 II (boot)', '4050'],
  ['engage-75', 'usb-ids', 'Engage 75 (stereo)', 'A346'],
  ['unknown', 'community', 'Evolve3 45', '254F 2550 2551 2552 2553 2554'],
  ['unknown', 'community', 'Evolve3 65', '2549 254A 254B 254C 254D 254E'],
  ['unknown', 'community', 'Evolve3 65 Flex', '2555 2556 2557'],
  ['unknown', 'community', 'Evolve3 75', '2546 2547 2548'],
  ['speak-410', 'vendor', 'Speak 410', '0412'],
  ['speak-410', 'vendor', 'Speak 410 (boot)', '0411'],
  ['speak-410', 'usb-ids', 'Speak 410', '0410'],
  ['speak-510', 'vendor', 'Speak 510', '0420 0422'],
  ['speak-510', 'vendor', 'Speak 510 (boot)', '0421'],
  ['speak-710', 'vendor', 'Speak 710', '2475'],
  ['speak-710', 'vendor', 'Speak 710 (boot)', '0982'],
  ['speak-810', 'vendor', 'Speak 810', '2456'],
  ['speak-810', 'vendor', 'Speak 810 (boot)', '0971'],
  ['panacast-50', 'vendor', 'PanaCast 50', '3009 3011 3012'],
  ['panacast-50', 'vendor', 'PanaCast 50 (DFU id)', '3010'],
  ['panacast-40', 'community', 'PanaCast 40 VBS', '3081 3085 3086'],
  ['panacast-40', 'community', 'PanaCast 40 VBS (DFU id)', '3080'],
  ['unknown', 'community', 'PanaCast U30', '3092 3093 3094'],
  ['unknown', 'vendor', 'ThinkSmart Bar 180', '306F 3071 3072'],
  ['unknown', 'usb-ids', 'Evolve Link MS', '0305'],
  ['evolve-65', 'usb-ids', 'Evolve 65', '0311'],
  ['unknown', 'usb-ids', 'UC Voice 150a MS', '0343'],
  ['unknown', 'usb-ids', 'UC Voice 550a MS', '0348'],
  ['unknown', 'usb-ids', 'UC Voice 750 MS', '034C'],
  ['unknown', 'usb-ids', 'UC Voice 750', '034D'],
  ['unknown', 'usb-ids', 'Freeway', '0933'],
  ['unknown', 'usb-ids', 'Revo', '094D'],
  ['unknown', 'usb-ids', 'Pro 930', '1017'],
  ['unknown', 'usb-ids', 'Pro 9450', '1022'],
  ['unknown', 'usb-ids', 'Pro 9460', '1041'],
  ['unknown', 'usb-ids', 'Biz 1900', '1900'],
  ['unknown', 'usb-ids', 'GN2000', '2007'],
  ['unknown', 'usb-ids', 'GN9330', '9330'],
  ['unknown', 'usb-ids', 'BT620s', '620C'],
  ['unknown', 'usb-ids', 'AW988', 'A50A'],
];

/** Families whose products have no public id: their virtual devices need one. */
const madeUp: readonly Row[] = [
  ['engage-65', 'synthetic', 'Engage 65', 'F001'],
  ['panacast-20', 'synthetic', 'PanaCast 20', 'F002'],
];

const hex = (id: number): string => id.toString(16).toUpperCase().padStart(4, '0');

describe('the catalogue of products', () => {
  test.each([...facts, ...madeUp])('has %s (%s): %s, %s', (id, source, name, ids) => {
    for (const productId of ids.split(' ')) {
      const found = findProduct(Number.parseInt(productId, 16));
      expect([found?.family.id, found?.product.source]).toEqual([id, source]);
      expect(found?.product.name.replace('Jabra ', '')).toBe(name);
    }
  });

  test('has no other ids, and none twice', () => {
    const expected = [...facts, ...madeUp].flatMap(([, , , ids]) => ids.split(' '));
    const listed = families.flatMap(({ products }) => products.map(({ productId }) => hex(productId)));
    expect(listed.toSorted()).toEqual(expected.toSorted());
    expect(new Set(listed).size).toBe(listed.length);
  });

  test('keeps made-up ids apart from real ones', () => {
    for (const { productId, source } of families.flatMap(({ products }) => products)) expect(productId >= 0xf000).toBe(source === 'synthetic');
  });

  test('doesn’t know an id that is in no row', () => {
    for (const productId of [0x0000, 0xffff, 0x24a2, 0x24a5, 0x2520, 0x2526]) expect(findProduct(productId)).toBeNull();
  });
});
