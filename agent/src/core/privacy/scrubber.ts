import type { Json } from '../../ports/index.ts';
import { Redactor } from '../diagnostics/redact.ts';

/** Names that this computer and the account go by; known without asking the system for anything that a gate closes. */
export interface OwnNames {
  readonly userNames: readonly string[];
  readonly computerNames: readonly string[];
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/**
 * Takes out of sentences what belongs into the gated groups only: names of people and computers, addresses, homes in paths; and secrets. The words
 * of an error come from anywhere: a system call, a library, a proxy.
 */
export class Scrubber {
  readonly #redactor: Redactor;

  constructor({ userNames, computerNames }: OwnNames, secrets: readonly string[]) {
    this.#redactor = new Redactor({ secrets, userNames, computerNames, addresses: [] });
  }

  text(text: string): string {
    return this.#redactor.text(text);
  }

  /** Every text in a value, but for the fields whose names are in `exact`: their values are ids and words of closed sets. */
  json(value: Json, exact: ReadonlySet<string>): Json {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return value.map((item) => this.json(item, exact));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, exact.has(name) ? item : this.json(item, exact)]));
  }
}
