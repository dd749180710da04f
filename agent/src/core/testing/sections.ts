import { openMemoryStore } from '../../adapters/store/index.ts';
import type { Json, Store } from '../../ports/index.ts';
import { Section } from '../state/section.ts';
import { LogBook } from './log-book.ts';

/** A section as the agent loads it, from `store` or empty. What `parse` refuses is left out. */
export function sectionOf<T>(name: string, parse: (json: Json) => T | null, store: Store = openMemoryStore()): Promise<Section<T>> {
  return Section.load(store, name, parse, new LogBook());
}
