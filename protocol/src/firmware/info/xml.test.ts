import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../bytes/index.ts';
import { xmlLimits } from '../limits.ts';
import { readXml } from './xml.ts';

const read = (xml: string) => readXml(encodeUtf8(xml));

describe('XML', () => {
  test('is elements with attributes, children and their own text', () => {
    expect(read('\ufeff<?xml version="1.0" encoding="UTF-8"?><a x="1 &lt; 2"> one <b/><!-- no --> two<![CDATA[ <3> ]]></a>\n')).toEqual({
      name: 'a',
      attributes: new Map([['x', '1 < 2']]),
      children: [{ name: 'b', attributes: new Map(), children: [], text: '' }],
      text: 'one  two <3>',
    });
  });

  test.each<readonly [keyof typeof xmlLimits, (count: number) => string]>([
    ['depth', (count) => '<a>'.repeat(count) + '</a>'.repeat(count)],
    ['elements', (count) => `<a>${'<b/>'.repeat(count - 1)}</a>`],
    ['attributes', (count) => `<a${Array.from({ length: count }, (_, index) => ` a${index}=""`).join('')}/>`],
    ['nameLength', (count) => `<${'a'.repeat(count)}/>`],
    ['nameLength', (count) => `<a ${'b'.repeat(count)}=""/>`],
    ['valueLength', (count) => `<a b="${'c'.repeat(count)}"/>`],
    ['valueLength', (count) => `<a>${'c'.repeat(count)}</a>`],
  ])('has at most its limit of %s', (limit, xml) => {
    expect(read(xml(xmlLimits[limit]))).toMatchObject({});
    expect(() => read(xml(xmlLimits[limit] + 1))).toThrow(expect.objectContaining({ name: 'FirmwarePackageError', code: 'malformed-info' }));
  });

  test('counts attributes of each element for itself', () => {
    const one = `<b${Array.from({ length: xmlLimits.attributes }, (_, index) => ` a${index}=""`).join('')}/>`;
    expect(read(`<a>${one}${one}</a>`).children).toHaveLength(2);
  });
});
