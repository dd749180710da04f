import { createInstance } from 'i18next';
import { type Language, languages } from '../../bridge/index.ts';
import { da } from './da.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { ja } from './ja.ts';

type Plural<K extends string> = K extends `${infer Base}_${'one' | 'other'}` ? Base : never;
type Single<K extends string> = K extends `${string}_${'one' | 'other'}` ? never : K;
export type MainWordKey = Single<keyof typeof en> | Plural<keyof typeof en>;

/** What main says in one language. */
export interface MainWords {
  readonly language: Language;
  t(key: MainWordKey, values?: Readonly<Record<string, string | number>>): string;
}

const tables = { en, da, de, fr, es, ja };

/** @public for the tests of the tables */
export const mainWordTables: Readonly<Record<Language, Readonly<Record<string, string>>>> = tables;

/** The user's choice, else the first language of the system that the app speaks, else English. */
export function mainLanguage(chosen: Language | 'system', systemLanguages: readonly string[]): Language {
  if (chosen !== 'system') return chosen;
  const primaries = systemLanguages.map((tag) => tag.toLowerCase().split('-')[0]);
  return primaries.map((primary) => languages.find((one) => one === primary)).find((known) => known !== undefined) ?? 'en';
}

export function makeMainWords(language: Language): MainWords {
  const instance = createInstance();
  void instance.init({
    lng: language,
    fallbackLng: 'en',
    resources: { [language]: { translation: tables[language] }, en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    // Menus and notifications are text, never markup; toasts are built by Electron.
    interpolation: { escapeValue: false },
  });
  return { language, t: (key, values = {}) => instance.t(key, values) };
}
