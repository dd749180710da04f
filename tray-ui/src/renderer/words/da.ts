import { en } from './en.ts';
import type { WordTable } from './table.ts';

export const da: WordTable = en;
