import type { Json } from '../../ports/index.ts';

/** Where a value stands, by the dotted name of its key. */
export type OriginsByKey = Readonly<Record<string, { readonly source: string; readonly origin: string } | undefined>>;

const isGroup = (value: Json): value is { readonly [key: string]: Json } => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The configuration key by key, with the source of each value. The value stands in a field named after the key, so that redaction knows it
 * for a secret by that name.
 */
export function configurationRows(configuration: Json, origins: OriginsByKey, prefix = ''): readonly Json[] {
  if (!isGroup(configuration)) return [];
  return Object.entries(configuration).flatMap(([name, value]) => {
    const key = prefix + name;
    if (isGroup(value)) return configurationRows(value, origins, `${key}.`);
    const { source, origin } = origins[key] ?? { source: 'none', origin: 'not set' };
    return [{ [key]: value, source, origin }];
  });
}
