/** Folders beside the people's own that belong to everyone. */
const shared: readonly string[] = ['public', 'default', 'default user', 'all users', 'shared'];

const slash = String.raw`(?:/|\\{1,8}|%(?:25){0,2}(?:2f|5c))`;
const drive = String.raw`[a-z](?::|%3a)`;
const notShared = String.raw`(?!(?:${shared.join('|')})(?![\p{L}\p{N}]))`;
/** Spaces belong to a name where the next separator shows its end; in a sentence nothing would. */
const windowsName = String.raw`(?:[^\\/:*?"<>|%\r\n[\]]{1,64}(?=\\)|[^\\/:*?"<>|%\s,;'()[\]]{1,64})`;
const name = String.raw`[^\\/:*?"<>|%\s,;'()[\]]{1,64}`;

/** Each keeps its first group, the way to the folder. The name is the second. Bounded: the text may be hostile. */
export const homePath: readonly RegExp[] = [
  new RegExp(String.raw`(${drive}${slash}(?:users|documents and settings)${slash})${notShared}(${windowsName})`, 'giu'),
  new RegExp(String.raw`((?<![\p{L}\p{N}])${slash}(?:home|users)${slash})${notShared}(${name})`, 'giu'),
];

const longEnough = 3;

/** Names of people's folders in paths. */
export function homeNames(texts: Iterable<string>): readonly string[] {
  const names = new Set<string>();
  for (const text of texts) {
    for (const pattern of homePath) {
      for (const [, , found = ''] of text.matchAll(pattern)) if (found.length >= longEnough) names.add(found);
    }
  }
  return [...names];
}
