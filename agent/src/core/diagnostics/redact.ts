import type { Json } from '../../ports/index.ts';
import { replaceAddresses } from './addresses.ts';
import { replaceHomes } from './home-paths.ts';
import { KnownValues } from './known-values.ts';
import { accountShape, computerKey, mailShape, placeKey, secretKey, secretShapes, userKey } from './sensitive.ts';

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

/** What stands where something was taken out, by the kind of it. */
export const marks = {
  secret: '[redacted]',
  user: '[user]',
  computer: '[computer]',
  ip: '[ip]',
  mail: '[mail]',
  place: '[place]',
} as const;
export type RedactionKind = keyof typeof marks;

const minSecretWithin = 4;
const minNameWithin = 6;

/** Accounts of the system and of this program, not of a person, whose names are words of every other line. */
const nobody: readonly string[] = ['system', 'local service', 'network service', 'jabra', 'jabra-agent'];

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function kindOfField(name: string): RedactionKind | null {
  const plain = name.replaceAll(/[-_ .]/g, '').toLowerCase();
  if (secretKey.test(plain)) return 'secret';
  if (userKey.test(plain)) return 'user';
  if (computerKey.test(plain)) return 'computer';
  return placeKey.test(plain) ? 'place' : null;
}

/**
 * Takes secrets, names of people and computers, and addresses out of texts and documents: those it was told of in any of their spellings, and what
 * looks like one. Serial numbers, device ids, client ids and the names of hosts on the network stay: they are what a reader needs.
 */
export class Redactor {
  readonly #secrets: KnownValues;
  readonly #users: KnownValues;
  readonly #computers: KnownValues;
  readonly #addresses: KnownValues;
  readonly #secretNumbers: readonly string[];
  readonly #taken: Record<RedactionKind, number> = { secret: 0, user: 0, computer: 0, ip: 0, mail: 0, place: 0 };

  constructor({ secrets, userNames, computerNames, addresses }: SensitiveValues) {
    const people = userNames.filter((name) => !nobody.includes(name.trim().toLowerCase()));
    this.#secrets = new KnownValues(secrets, minSecretWithin);
    this.#users = new KnownValues(people, minNameWithin);
    this.#computers = new KnownValues(computerNames, minNameWithin);
    this.#addresses = new KnownValues(addresses, 1);
    this.#secretNumbers = secrets.filter((secret) => /^\d{4,}$/.test(secret));
  }

  /** How often something of a kind was taken out so far. */
  get taken(): Readonly<Record<RedactionKind, number>> {
    return { ...this.#taken };
  }

  text(text: string): string {
    return this.#encoded(this.#readable(text));
  }

  /** A JSON document, as text. What a field's name says is sensitive is taken out whole. */
  document(value: Json): string {
    return `${this.#encoded(JSON.stringify(this.#json(value), null, 2))}\n`;
  }

  /**
   * A log: lines that are JSON each for itself; what stands between them together, since a key in PEM form has many lines.
   */
  log(text: string): string {
    const parts: string[] = [];
    let loose: string[] = [];
    const settle = (): void => {
      if (loose.length > 0) parts.push(this.#readable(loose.join('\n')));
      loose = [];
    };
    for (const line of text.split('\n')) {
      const parsed = line.startsWith('{') ? parse(line) : undefined;
      if (parsed === undefined) loose.push(line);
      else {
        settle();
        parts.push(JSON.stringify(this.#json(parsed)));
      }
    }
    settle();
    return this.#encoded(parts.join('\n'));
  }

  #json(value: Json): Json {
    if (typeof value === 'string') return this.#readable(value);
    if (typeof value === 'number') return this.#secretNumbers.some((secret) => String(value).includes(secret)) ? this.#mark('secret') : value;
    if (typeof value !== 'object' || value === null) return value;
    if (isList(value)) return value.map((item) => this.#json(item));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [this.#readable(name), this.#field(name, item)]));
  }

  #field(name: string, value: Json): Json {
    // Whether something is set is worth knowing and tells nothing.
    if (value === null || value === '' || typeof value === 'boolean') return value;
    const kind = kindOfField(name);
    return kind === null || (kind !== 'secret' && kind !== 'place' && typeof value !== 'string') ? this.#json(value) : this.#mark(kind);
  }

  /** What is known first: what a secret looks like must not be broken up by a name in it. */
  #readable(text: string): string {
    const mark = (kind: RedactionKind) => () => this.#mark(kind);
    let rest = this.#secrets.replaceReadable(text, mark('secret'));
    for (const shape of secretShapes) rest = this.#shape(rest, shape, 'secret');
    rest = this.#shape(rest, mailShape, 'mail');
    rest = replaceHomes(rest, mark('user'));
    rest = this.#shape(rest, accountShape, 'user');
    rest = this.#users.replaceReadable(rest, mark('user'));
    rest = this.#computers.replaceReadable(rest, mark('computer'));
    return replaceAddresses(rest, mark('ip'));
  }

  #encoded(text: string): string {
    let rest = this.#secrets.replaceEncoded(text, () => this.#mark('secret'));
    rest = this.#users.replaceEncoded(rest, () => this.#mark('user'));
    rest = this.#computers.replaceEncoded(rest, () => this.#mark('computer'));
    return this.#addresses.replaceEncoded(rest, () => this.#mark('ip'));
  }

  #shape(text: string, { needs, pattern }: { readonly needs: RegExp; readonly pattern: RegExp }, kind: RedactionKind): string {
    return needs.test(text) ? text.replaceAll(pattern, (_match, kept: string) => `${kept}${this.#mark(kind)}`) : text;
  }

  #mark(kind: RedactionKind): string {
    this.#taken[kind] += 1;
    return marks[kind];
  }
}

/** Undefined where it is no JSON. */
function parse(line: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(line);
    return parsed;
  } catch {
    return undefined;
  }
}
