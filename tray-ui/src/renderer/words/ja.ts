import { en } from './en.ts';
import type { WordTable } from './table.ts';

export const ja: WordTable = en;
