import type { Json } from '../../ports/index.ts';

export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
