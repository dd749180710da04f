import type { Random } from './random.ts';

/** Bytes near to a sample: flipped, cut, repeated, overwritten, or all of it at once; sometimes nothing of the sample is left. */
export function mutate(sample: Uint8Array, random: Random): Uint8Array {
  const bytes = Uint8Array.from(sample);
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    const at = random.below(Math.max(1, bytes.length));
    const kind = random.below(5);
    if (kind === 0) bytes[at] = random.below(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    else if (kind === 2) return bytes.slice(0, at);
    else if (kind === 3) return Uint8Array.from([...bytes.subarray(0, at), ...random.bytes(random.below(20)), ...bytes.subarray(at)]);
    else bytes.copyWithin(at, random.below(Math.max(1, bytes.length)));
  }
  return bytes;
}

const strange: readonly unknown[] = [null, true, 0, -1, 1e308, '', 'x'.repeat(300), [], {}, '\u0000', 2 ** 53, { schema: 'desired/1' }];

/** A document with one of its parts, at any depth, replaced, removed or added. */
export function mutateJson(document: unknown, random: Random): unknown {
  if (typeof document !== 'object' || document === null || random.next() < 0.15) return random.pick(strange);
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(document));
  const keys = Object.keys(copy);
  if (keys.length === 0 || random.next() < 0.1)
    return { ...copy, [random.pick(['schema', 'revision', '__proto__', 'constructor', 'extra'])]: random.pick(strange) };
  const key = random.pick(keys);
  if (random.next() < 0.2) Reflect.deleteProperty(copy, key);
  else copy[key] = mutateJson(copy[key], random);
  return Array.isArray(document) ? Object.values(copy) : copy;
}
