import { createInstance, type i18n } from 'i18next';
import { type FormFactor, type Language, languages } from '../../bridge/index.ts';
import { da } from './da.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { ja } from './ja.ts';

type Plural<K extends string> = K extends `${infer Base}_${'zero' | 'one' | 'other'}` ? Base : never;
type Single<K extends string> = K extends `${string}_${'zero' | 'one' | 'other'}` ? never : K;
/** Keys as they are asked for: a plural by its base, with `count`. */
export type WordKey = Single<keyof typeof en> | Plural<keyof typeof en>;
export type WordValues = Readonly<Record<string, string | number>>;

/** What says something in one language. */
export interface Words {
  readonly language: Language;
  t(key: WordKey, values?: WordValues): string;
  /** The noun of a form factor as the values that sentences take. */
  noun(formFactor: FormFactor): WordValues;
  /** First letter upper case, in the manner of the language. */
  startOf(text: string): string;
}

const tables = { en, da, de, fr, es, ja };

/** @public for the tests of the tables */
export const wordTables: Readonly<Record<Language, Readonly<Record<string, string>>>> = tables;

/** The first language of the list that the app speaks, English where it speaks none. Region and script don't matter. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    const known = languages.find((one) => one === primary);
    if (known) return known;
  }
  return 'en';
}

/** Everything is at hand at once: no loading, no detection, no state shared between windows. */
export function makeWords(language: Language): Words {
  const instance: i18n = createInstance();
  void instance.init({
    lng: language,
    fallbackLng: 'en',
    resources: Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, { translation: table }])),
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    // React writes text, never markup.
    interpolation: { escapeValue: false },
  });
  const t = (key: WordKey, values?: WordValues): string => instance.t(key, values ?? {});
  const startOf = (text: string) => text.slice(0, 1).toLocaleUpperCase(language) + text.slice(1);
  return {
    language,
    t,
    startOf,
    noun: (formFactor) => {
      const [dev = '', devAcc = dev, devDat = dev, devOf = dev] = t(`noun.${formFactor}`).split('|');
      return { dev, devAcc, devDat, devOf, Dev: startOf(dev) };
    },
  };
}
