/** Names of fields, compared in lower case without hyphens, underscores, dots and spaces. */
export const secretKey = /token|passw|passphrase|secret|authorization|credential|privatekey|apikey|cookie|signature|^pwd$|^auth$/;
export const userKey = /^(?:user|username|account|accountname|login|loginname|clientname|displayname|fullname)$/;
export const computerKey = /^(?:computer|computername|hostname|machinename)$/;
export const placeKey = /^(?:latitude|longitude|location)$/;

/** Secrets that nobody registered, by their surroundings. Each keeps its first group. Repetitions are bounded: the text may be hostile. */
export const secretPatterns: readonly RegExp[] = [
  // user:password@ of a URL
  /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"']{1,400}(?=@)/gi,
  // token=… of a query; addresses of uploads are signed that way
  /([?&][^=&#?\s"']{0,40}(?:token|secret|passw|signature|credential|api_?key)[^=&#?\s"']{0,40}=)[^&#\s"']+/gi,
  /([?&](?:sig|key|code|auth)=)[^&#\s"']+/gi,
  /\b((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{16,}/gi,
  // "password":"…" of JSON in a text, and password=…
  /((?:password|passwd|passphrase|secret|token|authorization|private_?key|api_?key|credentials?)\\{0,8}["']\s{0,8}:\s{0,8}\\{0,8}["'])[^"'\\]+/gi,
  /\b(\w{0,40}(?:password|passwd|passphrase|secret|token|api_?key)\s{0,8}=\s{0,8})[^\s,;&"']+/gi,
  /(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
];
