/** Where and why a text stops being JSON. Line and column count from 1, the column in UTF-16 units. */
export interface JsonError {
  readonly line: number;
  readonly column: number;
  /** End of a sentence, such as `expected ":"`. */
  readonly reason: string;
}

/** A sticky expression remembers its place, so each text gets its own. `string` stops before the closing quote, or where the text goes wrong. */
const tokens = () => ({
  space: /[ \t\r\n]*/y,
  string: /"(?:[ !#-[\]-\u{10ffff}]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy,
  scalar: /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|true|false|null/y,
});

type State = 'value' | 'value-or-]' | 'key' | 'key-or-}' | ':' | ',-or-end' | 'end';

const expectation: Readonly<Record<State, string>> = {
  value: 'expected a value',
  'value-or-]': 'expected a value or "]"',
  key: 'expected a name in double quotes (a comma before "}" is one too many)',
  'key-or-}': 'expected a name in double quotes or "}"',
  ':': 'expected ":"',
  ',-or-end': 'expected a comma, or the closing bracket',
  end: 'expected nothing more after the end',
};

function lengthAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function reasonAt(text: string, at: number, state: State): string {
  if (at >= text.length) return `the text ends too early: ${expectation[state]}`;
  if (text[at] === '/') return 'comments are not allowed in JSON';
  if (text[at] === "'") return `${expectation[state]}: JSON knows double quotes only`;
  return expectation[state];
}

function insideString(text: string, at: number): string {
  if (text[at] === '\\') return 'a single backslash: write each one twice, as in "C:\\\\Folder"';
  return at >= text.length || text[at] === '\n' || text[at] === '\r' ? 'a closing double quote is missing' : 'a control character inside quotes';
}

/** Offset and reason of the first error of syntax, null where the text is JSON. JSON.parse doesn't tell the place as data. */
function firstError(text: string): { readonly at: number; readonly reason: string } | null {
  const { space, string, scalar } = tokens();
  const open: ('{' | '[')[] = [];
  let state: State = 'value';
  let at = 0;
  const afterValue = (): State => (open.length === 0 ? 'end' : ',-or-end');
  for (;;) {
    at += lengthAt(space, text, at);
    if (at >= text.length && state === 'end') return null;
    const character = text[at];
    const wantsValue: boolean = state === 'value' || state === 'value-or-]';
    const wantsKey: boolean = state === 'key' || state === 'key-or-}';
    if (character === '"' && (wantsValue || wantsKey)) {
      at += lengthAt(string, text, at);
      if (text[at] !== '"') return { at, reason: insideString(text, at) };
      at += 1;
      state = wantsKey ? ':' : afterValue();
    } else if (wantsValue && (character === '{' || character === '[')) {
      open.push(character);
      state = character === '{' ? 'key-or-}' : 'value-or-]';
      at += 1;
    } else if (character === ':' && state === ':') {
      state = 'value';
      at += 1;
    } else if (character === ',' && state === ',-or-end') {
      state = open.at(-1) === '{' ? 'key' : 'value';
      at += 1;
    } else if (
      (character === '}' && (state === 'key-or-}' || (state === ',-or-end' && open.at(-1) === '{'))) ||
      (character === ']' && (state === 'value-or-]' || (state === ',-or-end' && open.at(-1) === '[')))
    ) {
      open.pop();
      state = afterValue();
      at += 1;
    } else {
      const length = wantsValue ? lengthAt(scalar, text, at) : 0;
      if (length === 0) return { at, reason: reasonAt(text, at, state) };
      at += length;
      state = afterValue();
    }
  }
}

export function findJsonError(text: string): JsonError | null {
  const error = firstError(text);
  if (error === null) return null;
  const before = text.slice(0, error.at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, reason: error.reason };
}
