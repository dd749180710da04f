/** One thing that makes a configuration unusable. */
export interface ConfigurationProblem {
  /** The key it is about, dotted; an unknown one as it was written; null where it is about a source as a whole. */
  readonly key: string | null;
  /** Where the value stands: `file /etc/…/config.json`, `environment variable JABRA_AGENT_…`, `registry value HKLM\…`. */
  readonly origin: string;
  /** The whole line for the administrator: key, origin, what is wrong, what to do. One line, and never a value that may be secret. */
  readonly message: string;
}

const maxNameLength = 80;
const maxLineLength = 4000;

/** Text as it can stand in one line of a terminal: control characters escaped, cut where nobody reads on. */
function printable(text: string): string {
  const cut = text.length > maxLineLength ? `${text.slice(0, maxLineLength)}…` : text;
  return cut.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/** `sentence` goes after the key and its origin: "must be …", "is missing: …". */
export function keyProblem(key: string, origin: string, sentence: string): ConfigurationProblem {
  const name = key.length > maxNameLength ? `${key.slice(0, maxNameLength)}…` : key;
  return { key, origin, message: printable(`${name} (${origin}) ${sentence}`) };
}

export function sourceProblem(origin: string, sentence: string): ConfigurationProblem {
  return { key: null, origin, message: printable(`${origin} ${sentence}`) };
}
