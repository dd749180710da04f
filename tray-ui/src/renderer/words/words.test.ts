import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formFactors, languages } from '../../bridge/index.ts';
import { chooseLanguage, makeWords, wordTables } from './words.ts';

const source = new URL('../', import.meta.url);
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /[.]tsx?$/u.test(name) && !/^words[/]|[.]test[.]/u.test(name),
);
const code = [...files, 'words/words.ts'].map((name) => readFileSync(new URL(name, source), 'utf8')).join('\n');
const base = (key: string) => key.replace(/_(zero|one|other)$/u, '');
const placeholders = (text: string) => new Set([...text.matchAll(/\{\{(\w+)\}\}/gu)].map(([, name]) => name));
/** A language may leave out a noun, or take another form of it. */
const meaning = (text: string) =>
  [...placeholders(text)].filter((name) => !/^dev|^Dev/u.test(name ?? '')).toSorted((a, b) => (a ?? '').localeCompare(b ?? ''));
const english = wordTables.en;

describe.each(languages)('the words in %s', (language) => {
  const table = wordTables[language];

  it('are the same keys as in English, each with something to say', () => {
    expect(Object.keys(table).toSorted()).toEqual(Object.keys(english).toSorted());
    expect(Object.entries(table).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('take the same values', () => {
    const differ = Object.keys(english).filter((key) => {
      const [here, there] = [meaning(table[key] ?? ''), meaning(english[key] ?? '')];
      return (
        here.join() !== there.join() &&
        !(key.endsWith('_one') && here.filter((name) => name !== 'count').join() === there.filter((name) => name !== 'count').join())
      );
    });
    expect(differ).toEqual([]);
  });

  it('have four forms of every noun', () => {
    for (const formFactor of formFactors) expect(table[`noun.${formFactor}`]?.split('|')).toHaveLength(4);
  });

  it('have no exclamation mark and no jargon', () => {
    expect(Object.values(table).filter((text) => /!|！|\b(DFU|HID|MQTT|NACK)\b/u.test(text))).toEqual([]);
  });

  it('say every number', () => {
    const words = makeWords(language);
    for (let count = 0; count <= 120; count += 1) expect(words.t('status.messages', { count })).toContain(String(count));
  });
});

it.each(languages.filter((language) => language !== 'en'))('are not English left over in %s', (language) => {
  const table = wordTables[language];
  expect(Object.keys(english).filter((key) => table[key] === english[key] && /[a-z]{4,} [a-z]{3,}/u.test(english[key] ?? ''))).toEqual([]);
});

it('are all said somewhere', () => {
  const stems = [...code.matchAll(/`([a-z]+(?:[.][a-z-]+)?[.])\$\{/gu)].map(([, stem]) => stem ?? '');
  const unused = Object.keys(english)
    .map(base)
    .filter((key) => !code.includes(`'${key}'`) && !stems.some((stem) => key.startsWith(stem)));
  expect([...new Set(unused)]).toEqual([]);
});

it('are chosen by the first language of the system that the app speaks', () => {
  expect(chooseLanguage(['pt-BR', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage(['ja-JP'])).toBe('ja');
  expect(chooseLanguage(['xx'])).toBe('en');
  expect(chooseLanguage([])).toBe('en');
});
