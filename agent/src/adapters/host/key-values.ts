/** `KEY=value` lines with shell quoting, as in os-release(5) and in systemd's own files. */
export function parseKeyValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Z0-9_]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^"'\s]*))\s*$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3] ?? match[4] ?? '');
  }
  return values;
}
