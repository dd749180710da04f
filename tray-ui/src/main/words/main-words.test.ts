import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { languages } from '../../bridge/index.ts';
import { mainLanguage, mainWordTables, makeMainWords } from './main-words.ts';

const english = mainWordTables.en;
const placeholders = (text = '') =>
  [...text.matchAll(/\{\{(\w+)\}\}/gu)].map(([, name]) => name).toSorted((a, b) => (a ?? '').localeCompare(b ?? ''));
const source = new URL('../', import.meta.url);
const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/^words[/]|[.]test[.]/u.test(name))
  .map((name) => readFileSync(new URL(name, source), 'utf8'))
  .join('\n');

describe.each(languages)('what main says in %s', (language) => {
  const table = mainWordTables[language];

  it('is whole, with the values of the English sentence, and plain', () => {
    expect(Object.keys(table)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(table)) {
      expect(text.trim(), `sentence ${key}`).not.toBe('');
      expect(placeholders(text), `sentence ${key}`).toEqual(placeholders(english[key]));
      expect(text, `sentence ${key}`).not.toMatch(/[!！]|\b(DFU|HID|MQTT)\b/u);
    }
  });

  it('says one and many', () => {
    const words = makeMainWords(language);
    for (const count of [1, 2, 5]) expect(words.t('notice.takes', { count })).toContain(String(count));
  });
});

it('is not English left over', () => {
  for (const language of languages.filter((one) => one !== 'en')) {
    const same = Object.entries(mainWordTables[language]).filter(([key, text]) => text === english[key] && /[a-z]{4,} [a-z]{3,}/u.test(text));
    expect(same, `in ${language}`).toEqual([]);
  }
});

it('is all said somewhere', () => {
  const unused = Object.keys(english).filter((key) => !code.includes(`'${key.replace(/_(one|other)$/u, '')}'`));
  expect(unused).toEqual([]);
});

it('follows the choice of the user, then the system', () => {
  expect(mainLanguage('ja', ['de-DE'])).toBe('ja');
  expect(mainLanguage('system', ['pt-BR', 'de-AT'])).toBe('de');
  expect(mainLanguage('system', ['xx'])).toBe('en');
});
