import { secretKey } from '../../core/diagnostics/sensitive.ts';
import { redacted, type SecretFilter } from './secrets.ts';

/** A value that JSON.stringify takes as it is. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

const maxDepth = 6;
const maxEntries = 100;
const maxNodes = 2000;
const maxTextLength = 4000;
const maxShownBytes = 64;
/** More than is shown, so that a secret is found that begins in what is shown. */
const maxSearchedBytes = 4096;

/** `enrollmentToken`, `private_key`, `X-Api-Key`, `Set-Cookie`. */
function isSecretName(name: string): boolean {
  return secretKey.test(name.replaceAll(/[-_ .]/g, '').toLowerCase());
}

/** Values that are harmless whatever their name is: `tokenExpired: true`. */
const isHarmless = (value: unknown) => value === null || value === undefined || typeof value === 'boolean';

/** Makes any value plain JSON without secrets, of bounded depth and size. It never throws: getters that do, and proxies, are marked. */
export class FieldCleaner {
  readonly #filter: SecretFilter;
  readonly #ancestors = new Set<object>();
  #nodes = 0;

  constructor(filter: SecretFilter) {
    this.#filter = filter;
  }

  clean(value: unknown): Plain {
    try {
      return this.#visit(value);
    } catch {
      return '[unreadable]';
    }
  }

  #visit(value: unknown): Plain {
    switch (typeof value) {
      case 'string':
        return this.#filter.clean(value, maxTextLength);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return String(value);
      case 'undefined':
        return null;
      case 'symbol':
      case 'function':
        return `[${typeof value}]`;
      case 'object':
        return value === null ? null : this.#object(value);
    }
  }

  #object(value: object): Plain {
    if (this.#ancestors.has(value)) return '[circular]';
    this.#nodes += 1;
    if (this.#ancestors.size >= maxDepth || this.#nodes > maxNodes) return '[too deep]';
    this.#ancestors.add(value);
    try {
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
      if (value instanceof URL) return this.#visit(value.href);
      if (value instanceof Uint8Array) return this.#bytes(value);
      if (value instanceof Error) return this.#error(value);
      if (value instanceof Map)
        return this.#entries([...value].map(([key, item]) => [typeof key === 'string' ? key : JSON.stringify(this.clean(key)), item]));
      if (value instanceof Set) return this.#list([...value]);
      return Array.isArray(value) ? this.#list(value) : this.#entries(Object.entries(value));
    } finally {
      this.#ancestors.delete(value);
    }
  }

  #list(items: readonly unknown[]): Plain {
    const plain = items.slice(0, maxEntries).map((item) => this.clean(item));
    return items.length > maxEntries ? [...plain, `… (${items.length} items)`] : plain;
  }

  #entries(entries: readonly (readonly [string, unknown])[]): Plain {
    const shown = entries.slice(0, maxEntries).map(([name, value]): [string, Plain] => {
      const plain = isSecretName(name) && !isHarmless(value) ? redacted : this.clean(value);
      return [this.#filter.clean(name, 200), plain];
    });
    if (entries.length > maxEntries) shown.push(['…', `${entries.length} entries`]);
    return Object.fromEntries(shown);
  }

  /** Bytes may be a text with a secret in it, such as an MQTT password; otherwise they are frames and shown as such. */
  #bytes(value: Uint8Array): Plain {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const text = bytes.subarray(0, maxSearchedBytes).toString();
    if (this.#filter.clean(text, text.length) !== text) return redacted;
    const hex = bytes.subarray(0, maxShownBytes).toString('hex');
    return bytes.length > maxShownBytes ? `${hex}… (${bytes.length} bytes)` : hex;
  }

  #error(error: Error): Plain {
    const own = Object.entries(error).filter(([name]) => !['name', 'message', 'stack', 'cause', 'errors'].includes(name));
    const nested: [string, unknown][] = [];
    if (error.cause !== undefined) nested.push(['cause', error.cause]);
    if (error instanceof AggregateError) nested.push(['errors', error.errors]);
    return this.#entries([['name', error.name], ['message', error.message], ...own, ['stack', error.stack], ...nested]);
  }
}
