import type { en } from './en.ts';

/** Another language says all that English says; a missing or a surplus sentence is an error of the compiler. */
export type WordTable = Readonly<Record<keyof typeof en, string>>;
