import { describe, expect, test } from 'vitest';
import type { HidField } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { usageAt } from './usages.ts';

const parse = (hex: string) => parseReportDescriptor(Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')));

function onlyField(hex: string): HidField {
  const fields = parse(hex).reports.flatMap((report) => report.fields);
  const [field] = fields;
  if (field === undefined || fields.length > 1) throw new Error(`${fields.length} fields`);
  return field;
}

const span = (usagePage: number, minimum: number, maximum = minimum) => ({ usagePage, minimum, maximum });
const range = (usagePage: number, minimum: number, maximum = minimum) => ({ ...span(usagePage, minimum, maximum), alternatives: [] });

describe('local items', () => {
  test('apply to one main item only', () => {
    const { reports } = parse('05 0B 75 01 95 01 09 20 39 01 79 02 81 02 81 02');
    expect(reports[0]?.fields[1]).toMatchObject({ usages: [], designators: [], strings: [] });
  });

  test('usages and ranges keep their order, and the last usage repeats', () => {
    const field = onlyField('05 0B 75 01 95 06 09 20 19 B0 29 B2 09 2F 81 02');
    expect(field.usages).toEqual([range(0x0b, 0x20), range(0x0b, 0xb0, 0xb2), range(0x0b, 0x2f)]);
    const elements = [0, 1, 2, 3, 4, 5].map((index) => usageAt(field, index)?.usage);
    expect(elements).toEqual([0x20, 0xb0, 0xb1, 0xb2, 0x2f, 0x2f]);
  });

  test('a range may state its maximum first', () => {
    expect(onlyField('05 09 75 01 95 08 29 08 19 01 81 02').usages).toEqual([range(9, 1, 8)]);
  });

  test('a range of a whole page is not expanded', () => {
    expect(onlyField('06 00 FF 75 01 95 01 18 2A FF FF 81 02').usages).toEqual([range(0xff00, 0, 0xffff)]);
  });

  test('a four-byte usage has its own page, also page 0, and the usage page item does not touch it', () => {
    const field = onlyField('05 0B 75 01 95 04 0B 20 00 08 00 09 2F 0B 34 12 00 00 1B 01 00 FF FF 2B 05 00 FF FF 81 02');
    expect(field.usages).toEqual([range(8, 0x20), range(0x0b, 0x2f), range(0, 0x1234), range(0xffff, 1, 5)]);
  });

  test('the usage page that counts is the one at the main item', () => {
    expect(onlyField('05 0B 75 01 95 02 09 07 05 08 0B 07 00 0B 00 05 09 81 02').usages).toEqual([range(9, 7), range(0x0b, 7)]);
    expect(parse('05 0B 09 05 05 0C A1 01 C0').collections[0]).toMatchObject({ usagePage: 0x0c, usage: 5 });
  });

  test('designators and strings are kept, single and as ranges', () => {
    expect(onlyField('75 01 95 08 39 07 49 01 59 03 79 09 89 04 99 06 81 02')).toMatchObject({
      designators: [
        { minimum: 7, maximum: 7 },
        { minimum: 1, maximum: 3 },
      ],
      strings: [
        { minimum: 9, maximum: 9 },
        { minimum: 4, maximum: 6 },
      ],
    });
  });

  test('a delimiter set is one usage with alternatives, of which each may have its page', () => {
    const field = onlyField('05 0B 75 01 95 02 A9 01 09 20 09 21 0B 17 00 08 00 A9 00 09 2F 81 02');
    expect(field.usages).toEqual([{ ...span(0x0b, 0x20), alternatives: [span(0x0b, 0x21), span(8, 0x17)] }, range(0x0b, 0x2f)]);
    expect(usageAt(field, 1)).toEqual({ usagePage: 0x0b, usage: 0x2f });
  });

  test('a delimiter set of ranges has alternatives for each element', () => {
    const field = onlyField('05 0B 75 01 95 03 A9 01 19 B0 29 B2 19 01 29 03 A9 00 81 02');
    expect(field.usages).toEqual([{ ...span(0x0b, 0xb0, 0xb2), alternatives: [span(0x0b, 1, 3)] }]);
  });

  test('of a delimiter set only the preferred string and designator count, so that later ones keep their element', () => {
    expect(onlyField('75 01 95 02 A9 01 79 01 39 01 79 02 39 02 A9 00 79 03 39 03 81 02')).toMatchObject({
      strings: [
        { minimum: 1, maximum: 1 },
        { minimum: 3, maximum: 3 },
      ],
      designators: [
        { minimum: 1, maximum: 1 },
        { minimum: 3, maximum: 3 },
      ],
    });
  });

  test('an empty delimiter set is no usage', () => {
    expect(onlyField('75 01 95 01 A9 01 A9 00 81 02').usages).toEqual([]);
  });
});
