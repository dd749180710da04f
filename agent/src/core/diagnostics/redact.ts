import type { Json } from '../../ports/index.ts';
import { AddressFilter } from './addresses.ts';
import { homeNames, homePath } from './home-paths.ts';
import { secretKey, secretPatterns, userKey, computerKey, placeKey } from './sensitive.ts';
import { anyOf, encodedSpellings, readableSpellings, wordEnd, wordStart } from './spellings.ts';

/** What is known to be sensitive; what isn't known is found by its form. */
export interface SensitiveValues {
  /** Tokens and passwords. */
  readonly secrets: readonly string[];
  /** Of accounts and people. */
  readonly userNames: readonly string[];
  readonly computerNames: readonly string[];
  /** Of this computer: found by their form in readable text, by their value in base64 and the like. */
  readonly addresses: readonly string[];
}

export const redactionKinds = ['secret', 'user', 'computer', 'ip', 'mail', 'place'] as const;
export type RedactionKind = (typeof redactionKinds)[number];

/** What stands where something was taken out. */
export const marks: Readonly<Record<RedactionKind, string>> = {
  secret: '[redacted]',
  user: '[user]',
  computer: '[computer]',
  ip: '[ip]',
  mail: '[mail]',
  place: '[place]',
};

/** A value of at least so many characters is taken out within words too; a shorter one would be found by chance in other words. */
const minSecretWithin = 4;
const minNameWithin = 6;

/** Accounts of the system and of this program, not of a person, whose names are words of every other line. */
const nobody: readonly string[] = ['system', 'local service', 'network service', 'jabra', 'jabra-agent'];

/** Windows account ids, and mail addresses (which name the account in a directory). Bounded: the text may be hostile. */
const accountId = /\bS-1-(?:5-21|12-1)(?:-\d{1,10}){1,8}\b/g;
const mail = /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu;

interface Step {
  readonly kind: RedactionKind;
  readonly pattern: RegExp;
}

function readable(values: readonly string[], minWithin: number): string | null {
  const sources = values
    .toSorted((a, b) => b.length - a.length)
    .map((value) => (value.length >= minWithin ? readableSpellings(value) : wordStart + readableSpellings(value) + wordEnd));
  return sources.length === 0 ? null : sources.join('|');
}

function steps(kind: RedactionKind, values: readonly string[], minWithin: number): readonly Step[] {
  const wanted = [...new Set(values.map((value) => value.trim()))].filter((value) => value !== '');
  // Names are compared without case; in base64 only the usual ways of writing one can be looked for.
  const cases = wanted.flatMap((value) => [value, value.toLowerCase(), value.toUpperCase()]);
  const encoded = anyOf(cases.flatMap(encodedSpellings));
  const plain = readable(wanted, minWithin);
  return [
    ...(plain === null ? [] : [{ kind, pattern: new RegExp(plain, 'giu') }]),
    ...(encoded === null ? [] : [{ kind, pattern: new RegExp(encoded, 'gu') }]),
  ];
}

/**
 * Takes secrets, names of people and computers, and addresses out of texts and documents: those it was told of in any of their spellings, and what
 * looks like one. Serial numbers, device ids, client ids and the names of hosts on the network stay: they are what a reader needs.
 */
export class Redactor {
  readonly #known: readonly Step[];
  readonly #secretNumber: RegExp | null;
  readonly #addresses = new AddressFilter();
  readonly #taken = new Map<RedactionKind, number>();

  constructor({ secrets, userNames, computerNames, addresses }: SensitiveValues) {
    const people = userNames.filter((name) => !nobody.includes(name.trim().toLowerCase()));
    const known = [
      ...steps('secret', secrets, minSecretWithin),
      ...steps('user', people, minNameWithin),
      ...steps('computer', computerNames, minNameWithin),
    ];
    const encodedAddresses = anyOf(addresses.flatMap(encodedSpellings));
    this.#known = encodedAddresses === null ? known : [...known, { kind: 'ip', pattern: new RegExp(encodedAddresses, 'gu') }];
    const digits = anyOf(secrets.filter((secret) => /^\d{4,}$/.test(secret)));
    this.#secretNumber = digits === null ? null : new RegExp(digits, 'u');
  }

  /** How often something of a kind was taken out so far. */
  get taken(): Readonly<Record<RedactionKind, number>> {
    const count = (kind: RedactionKind): number => this.#taken.get(kind) ?? 0;
    return { secret: count('secret'), user: count('user'), computer: count('computer'), ip: count('ip'), mail: count('mail'), place: count('place') };
  }

  text(text: string): string {
    // What a secret looks like first: a name within it must not break up what its surroundings show.
    let rest = secretPatterns.reduce(
      (part, pattern) => part.replaceAll(pattern, (_match, before: string) => `${before}${this.#mark('secret')}`),
      this.#replaceAll(text, 'secret'),
    );
    rest = rest.replaceAll(mail, () => this.#mark('mail'));
    rest = homePath.reduce((part, pattern) => part.replaceAll(pattern, (_match, before: string) => `${before}${this.#mark('user')}`), rest);
    rest = rest.replaceAll(accountId, () => this.#mark('user'));
    rest = this.#replaceAll(this.#replaceAll(rest, 'user'), 'computer');
    return this.#addresses.replace(this.#replaceAll(rest, 'ip'), () => this.#mark('ip'));
  }

  /** A document: every text in it, names of fields too; what a field's name says is sensitive is taken out whole. */
  json(value: Json): Json {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.#secretNumber?.test(String(value)) === true ? this.#mark('secret') : value;
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return value.map((item) => this.json(item));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [this.text(name), this.#field(name, item)]));
  }

  /** One line of a log: JSON where it is, any text otherwise. */
  line(line: string): string {
    if (!line.startsWith('{')) return this.text(line);
    let parsed: Json;
    try {
      parsed = JSON.parse(line);
    } catch {
      return this.text(line);
    }
    return JSON.stringify(this.json(parsed));
  }

  #field(name: string, value: Json): Json {
    // Whether something is set is worth knowing and tells nothing.
    if (value === null || value === '' || typeof value === 'boolean') return value;
    const kind = kindOfField(name);
    return kind === null || (kind !== 'secret' && kind !== 'place' && typeof value !== 'string') ? this.json(value) : this.#mark(kind);
  }

  #replaceAll(text: string, kind: RedactionKind): string {
    return this.#known.reduce((rest, step) => (step.kind === kind ? rest.replaceAll(step.pattern, () => this.#mark(kind)) : rest), text);
  }

  #mark(kind: RedactionKind): string {
    this.#taken.set(kind, (this.#taken.get(kind) ?? 0) + 1);
    return marks[kind];
  }
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function kindOfField(name: string): RedactionKind | null {
  const plain = name.replaceAll(/[-_ .]/g, '').toLowerCase();
  if (secretKey.test(plain)) return 'secret';
  if (userKey.test(plain)) return 'user';
  if (computerKey.test(plain)) return 'computer';
  return placeKey.test(plain) ? 'place' : null;
}

/** Names of people's folders in texts, so that they are known as names elsewhere too. */
export const namesInPaths: (texts: Iterable<string>) => readonly string[] = homeNames;
