/** Names of fields, compared in lower case without hyphens, underscores, dots and spaces. */
export const secretKey = /token|passw|passphrase|secret|authorization|credential|privatekey|apikey|cookie|signature|^pwd$|^auth$/;
export const userKey = /^(?:user|username|account|accountname|login|loginname|clientname|displayname|fullname)$/;
export const computerKey = /^(?:computer|computername|hostname|machinename)$/;
export const placeKey = /^(?:latitude|longitude|location)$/;

/** Something that shows by its form. */
interface Shape {
  /** A text without it isn't searched: this is cheap, and `pattern` is not. */
  readonly needs: RegExp;
  /** What is found goes, but for the first group. Repetitions are bounded: the text may be hostile. */
  readonly pattern: RegExp;
}

const words = 'password|passwd|passphrase|secret|token|authorization|private_?key|api_?key|credentials?';

/** Secrets that nobody registered, by their surroundings. */
export const secretShapes: readonly Shape[] = [
  // user:password@ of a URL
  { needs: /:\/\//, pattern: /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"']{1,400}(?=@)/gi },
  // token=… of a query; addresses of uploads are signed that way
  {
    needs: /[?&]/,
    pattern: /([?&][^=&#?\s"']{0,40}(?:token|secret|passw|signature|credential|api_?key)[^=&#?\s"']{0,40}=)(?!\[redacted\])[^&#\s"']{1,4000}/gi,
  },
  { needs: /[?&]/, pattern: /([?&](?:sig|key|code|auth)=)(?!\[redacted\])[^&#\s"']{1,4000}/gi },
  { needs: /bearer|basic/i, pattern: /\b((?:Bearer|Basic)\s{1,8})[A-Za-z0-9._~+/=-]{16,}/gi },
  // "password":"…" of JSON in a text, and password=…
  {
    needs: new RegExp(words, 'i'),
    pattern: new RegExp(String.raw`((?:${words})\\{0,8}["']\s{0,8}:\s{0,8}\\{0,8}["'])(?!\[redacted\])[^"'\\]{1,4000}`, 'gi'),
  },
  {
    needs: new RegExp(words, 'i'),
    pattern: /((?:password|passwd|passphrase|secret|token|api_?key)\s{0,8}=\s{0,8})(?!\[redacted\])[^\s,;&"']{1,4000}/gi,
  },
  {
    needs: /PRIVATE KEY/,
    pattern: /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)(?:[^-]|-(?!----END)){0,20000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
  },
];

/** Account ids of Windows. */
export const accountShape: Shape = { needs: /S-1-/, pattern: /(\b)S-1-(?:5-21|12-1)(?:-\d{1,10}){1,8}\b/g };

/** Mail addresses, which name the account in a directory. */
export const mailShape: Shape = { needs: /@/, pattern: /()[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu };
