/** Folders beside the people's own that belong to everyone. */
const shared: readonly string[] = ['public', 'default', 'default user', 'all users', 'shared'];

const slash = String.raw`(?:/|\\{1,8}|%(?:25){0,2}(?:2f|5c))`;
const drive = String.raw`[a-z](?::|%3a)`;
const notShared = String.raw`(?!(?:${shared.join('|')})(?![\p{L}\p{N}]))`;
/** Spaces belong to a name where the next separator shows its end; in a sentence nothing would. */
const windowsName = String.raw`(?:[^\\/:*?"<>|%\r\n[\]]{1,64}(?=\\)|[^\\/:*?"<>|%\s,;'()[\]]{1,64})`;
const name = String.raw`[^\\/:*?"<>|%\s,;'()[\]]{1,64}`;

/** The first group is the way to the folder, the second its name. Repetitions are bounded: the text may be hostile. */
const patterns: readonly RegExp[] = [
  new RegExp(String.raw`(${drive}${slash}(?:users|documents and settings)${slash})${notShared}(${windowsName})`, 'giu'),
  new RegExp(String.raw`((?<![\p{L}\p{N}])${slash}(?:home|users)${slash})${notShared}(${name})`, 'giu'),
];

/** A text without these isn't searched. */
const needed = /home|users|documents and settings/i;

const longEnough = 3;

export function replaceHomes(text: string, replacement: () => string): string {
  if (!needed.test(text)) return text;
  return patterns.reduce((rest, pattern) => rest.replaceAll(pattern, (_match, way: string) => `${way}${replacement()}`), text);
}

/** Names of people's folders in paths. */
export function namesInPaths(texts: Iterable<string>): readonly string[] {
  const names = new Set<string>();
  for (const text of texts) {
    if (!needed.test(text)) continue;
    for (const pattern of patterns) {
      for (const [, , found = ''] of text.matchAll(pattern)) if (found.length >= longEnough) names.add(found);
    }
  }
  return [...names];
}
