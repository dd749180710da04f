import { allKeys, type ConfigurationKey } from './keys.ts';
import type { ConfigurationProblem } from './problem.ts';

/** From the strongest to the weakest. */
export const sourceNames = ['policy', 'command-line', 'environment', 'file', 'msi', 'default'] as const;
export type SourceName = (typeof sourceNames)[number];

/** What one source gives. A key that it doesn't give is absent; null counts as absent. */
export interface ConfigurationSource {
  readonly name: SourceName;
  /** Where the value of a key stands, for people. */
  readonly origin: (key: ConfigurationKey) => string;
  /** Folder to which its relative paths are relative, null where a path must be absolute. */
  readonly baseFolder: string | null;
  /** Values are texts where the source knows only texts. */
  readonly values: ReadonlyMap<ConfigurationKey, unknown>;
}

/** A source and what was wrong with it besides its values. */
export interface ReadSource {
  readonly source: ConfigurationSource;
  readonly problems: readonly ConfigurationProblem[];
}

/** Values by key, the way a source holds them. */
export function valuesOf(record: Readonly<Partial<Record<ConfigurationKey, unknown>>>): ReadonlyMap<ConfigurationKey, unknown> {
  return new Map(allKeys.filter((key) => record[key] !== undefined).map((key) => [key, record[key]]));
}
