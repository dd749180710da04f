/** Name and value of one thing in a message, for people. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Of every message, and nothing that anybody would call information. */
const envelope: ReadonlySet<string> = new Set(['schema', 'sentAt']);

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;
const text = (value: unknown): string => (value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value));

function flat(name: string, value: unknown): readonly Field[] {
  if (isPlain(value)) return [{ name, value: text(value) }];
  if (Array.isArray(value) && value.every(isPlain)) return [{ name, value: value.length === 0 ? '–' : value.map(text).join(', ') }];
  return Object.entries(value ?? {}).flatMap(([key, part]: [string, unknown]) => flat(`${name}.${key}`, part));
}

/** Everything in a message by the path of its name; empty where it is no JSON object. */
export function fieldsOf(payload: string | null): readonly Field[] {
  const json = parsed(payload);
  if (isPlain(json)) return [];
  return Object.entries(json ?? {}).flatMap(([name, value]: [string, unknown]) => (envelope.has(name) ? [] : flat(name, value)));
}

/** A part of a message by its path, where it is a text. */
export function textAt(payload: string | null, ...path: readonly string[]): string | null {
  let at: unknown = parsed(payload);
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return null;
    at = Object.entries(at).find(([key]) => key === name)?.[1];
  }
  return typeof at === 'string' ? at : null;
}

function parsed(payload: string | null): unknown {
  try {
    return payload === null || payload === '' ? null : JSON.parse(payload);
  } catch {
    return null;
  }
}
