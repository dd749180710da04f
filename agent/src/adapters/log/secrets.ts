/** What stands where a secret stood. */
export const redacted = '[redacted]';

/** Below this a secret would be found by chance all over the log; tokens are far longer. */
const minSecretLength = 4;
const minEncodedLength = 6;

/**
 * The characters that base64 makes of `bytes` wherever they stand in a longer text (`user:token` of an Authorization header): one form for each
 * alignment to three bytes, without the characters that neighbouring bytes have a share in.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = shift === 0 ? 0 : shift + 1;
    const last = (bytes.length + shift) % 3 === 0 ? encoded.length : encoded.length - 1;
    return encoded.slice(first, last);
  });
}

function percentEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    // A lone surrogate has no such form.
    return secret;
  }
}

/** The spellings in which a secret may turn up in a text. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = base64Forms(bytes);
  const base64url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const hex = bytes.toString('hex');
  const encoded = [...base64, ...base64url, hex, hex.toUpperCase()].filter((form) => form.length >= minEncodedLength);
  return [secret, JSON.stringify(secret).slice(1, -1), percentEncoded(secret), ...encoded];
}

/** Secrets that nobody registered, by their surroundings. Each keeps its first group. Repetitions are bounded: the text may be hostile. */
const patterns: readonly RegExp[] = [
  // user:password@ of a URL
  /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"']+(?=@)/gi,
  // token=… of a query; the addresses of uploads are signed that way
  /([?&][^=&#?\s"']{0,40}(?:token|secret|passw|signature|credential|api_?key)[^=&#?\s"']{0,40}=)[^&#\s"']+/gi,
  /([?&](?:sig|key|code|auth)=)[^&#\s"']+/gi,
  /\b((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{16,}/gi,
  // "password":"…" of JSON in a text, and password=…
  /((?:password|passwd|passphrase|secret|token|authorization|private_?key|api_?key|credentials?)\\?["']\s*:\s*\\?["'])[^"'\\]+/gi,
  /\b(\w{0,40}(?:password|passwd|passphrase|secret|token|api_?key)\s*=\s*)[^\s,;&"']+/gi,
  /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
];

/** Takes secrets out of texts: the ones it was told of, in any of their spellings, and what looks like one. */
export class SecretFilter {
  #forms: readonly string[] = [];

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.add(secret);
  }

  /** From now on `secret` is taken out. One of fewer than four characters is not: it would be found everywhere. */
  add(secret: string): void {
    if (secret.length < minSecretLength) return;
    // The longest first: a form must not be broken up by a shorter one within it.
    this.#forms = [...new Set([...this.#forms, ...formsOf(secret)])].toSorted((a, b) => b.length - a.length);
  }

  /** `text` without secrets, at most `maxLength` characters (and a mark where it was cut) of it. */
  clean(text: string, maxLength: number): string {
    const longest = this.#forms[0]?.length ?? 0;
    // What lies far beyond the cut needn't be searched. The piece is cut again by the longest form, so that no half secret stands at its end.
    const isPiece = text.length > maxLength * 2 + longest;
    const piece = isPiece ? text.slice(0, maxLength * 2 + longest) : text;
    const known = this.#forms.reduce((rest, form) => rest.replaceAll(form, redacted), piece);
    const clean = patterns.reduce((rest, pattern) => rest.replaceAll(pattern, `$1${redacted}`), known);
    const whole = isPiece ? clean.slice(0, Math.max(0, clean.length - longest)) : clean;
    if (!isPiece && whole.length <= maxLength) return whole;
    return `${whole.slice(0, maxLength)}… (${text.length} characters)`;
  }
}
