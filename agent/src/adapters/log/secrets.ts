import { KnownValues } from '../../core/diagnostics/known-values.ts';
import { secretShapes } from '../../core/diagnostics/sensitive.ts';

/** What stands where a secret stood. */
export const redacted = '[redacted]';

/** Below this a secret would be found by chance all over the log; tokens are far longer. */
const minSecretLength = 4;
/** The longest spelling of a character: `%2525xx` for each byte of a UTF-16 unit. */
const longestSpelling = 21;

/** Takes secrets out of texts: the ones it was told of, in any of their spellings, and what looks like one; as the diagnostics do once more. */
export class SecretFilter {
  #secrets: readonly string[];
  #known: KnownValues;
  #longest: number;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret.length >= minSecretLength);
    this.#known = new KnownValues(this.#secrets, minSecretLength);
    this.#longest = Math.max(0, ...this.#secrets.map((secret) => secret.length * longestSpelling));
  }

  /** From now on `secret` is taken out. One of fewer than four characters is not: it would be found everywhere. */
  add(secret: string): void {
    if (secret.length < minSecretLength || this.#secrets.includes(secret)) return;
    this.#secrets = [...this.#secrets, secret];
    this.#known = new KnownValues(this.#secrets, minSecretLength);
    this.#longest = Math.max(this.#longest, secret.length * longestSpelling);
  }

  /** `text` without secrets, at most `maxLength` characters (and a mark where it was cut) of it. */
  clean(text: string, maxLength: number): string {
    // What lies far beyond the cut needn't be searched. The piece is cut again by the longest spelling, so that no half secret stands at its end.
    const isPiece = text.length > maxLength * 2 + this.#longest;
    const piece = isPiece ? text.slice(0, maxLength * 2 + this.#longest) : text;
    const known = this.#known.replaceEncoded(
      this.#known.replaceReadable(piece, () => redacted),
      () => redacted,
    );
    const clean = secretShapes.reduce((rest, { needs, pattern }) => (needs.test(rest) ? rest.replaceAll(pattern, `$1${redacted}`) : rest), known);
    const whole = isPiece ? clean.slice(0, Math.max(0, clean.length - this.#longest)) : clean;
    if (!isPiece && whole.length <= maxLength) return whole;
    return `${whole.slice(0, maxLength)}… (${text.length} characters)`;
  }
}
