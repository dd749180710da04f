const octets = /^\d{1,3}(?:\.\d{1,3}){3}$/;

function isIpv4(text: string): boolean {
  return octets.test(text) && text.split('.').every((octet) => Number(octet) <= 255);
}

/** Groups of 16 bits, an IPv4 address at the end being two; null where a part is none. */
function groupsOf(text: string): number | null {
  if (text === '') return 0;
  const groups = text.split(':');
  let count = 0;
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) count += 1;
    else if (index === groups.length - 1 && isIpv4(group)) count += 2;
    else return null;
  }
  return count;
}

/** RFC 4291 2.2, without a zone. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const [before, after] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
  if (before === null || after === null) return false;
  return halves.length === 2 ? before + after < 8 : before === 8;
}

/** This computer itself, or no address at all: they tell nothing about anyone. */
function isHarmless(address: string): boolean {
  if (isIpv4(address)) return address.startsWith('127.') || address === '0.0.0.0';
  const plain = address.toLowerCase();
  return plain === '::' || plain === '::1' || plain.startsWith('::ffff:127.');
}

/** Either an escape, behind which something new begins, or a run of what addresses are made of. A colon may be percent-encoded; a dot that no digit follows ends a sentence. */
const runs = /(%(?!3a)[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[nrtbf])|((?:[0-9a-f:]|\.(?=\d)|%3a)+)/gi;
const ipv4 = /(?<!\d)(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)/g;
/** Eight groups, and an empty one at either end of `::`. */
const mostParts = 10;

const isWordCharacter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}]/u.test(character);

function replaceIpv4(run: string, replacement: () => string): string {
  return run.replaceAll(ipv4, (address) => (isIpv4(address) && !isHarmless(address) ? replacement() : address));
}

/** Replaces the longest addresses in a run, from the left. `open`: its first or last part goes on outside of the run, and is no part of an address. */
function replaceInRun(run: string, open: { readonly start: boolean; readonly end: boolean }, replacement: () => string): string {
  const parts = run.split(':');
  const last = parts.length - (open.end ? 1 : 0);
  const kept: string[] = [];
  let index = 0;
  while (index < parts.length) {
    let taken = 0;
    for (let length = index === 0 && open.start ? 0 : Math.min(mostParts, last - index); length >= 3; length -= 1) {
      const address = parts.slice(index, index + length).join(':');
      if (!isIpv6(address)) continue;
      kept.push(isHarmless(address) ? address : replacement());
      taken = length;
      break;
    }
    if (taken === 0) kept.push(replaceIpv4(parts[index] ?? '', replacement));
    index += Math.max(taken, 1);
  }
  return kept.join(':');
}

/** A text without this isn't searched. */
const needed = /\d\.\d{1,3}\.\d|:[0-9a-f]{0,4}:|%3a/i;

/** Replaces the IP addresses in a text, but for those of the loopback interface. */
export function replaceAddresses(text: string, replacement: () => string): string {
  if (!needed.test(text)) return text;
  let escapeEnd = -1;
  return text.replaceAll(runs, (match: string, escape: string | undefined, run: string | undefined, offset: number) => {
    const end = offset + match.length;
    if (escape !== undefined || run === undefined) {
      escapeEnd = end;
      return match;
    }
    const plain = run.replaceAll(/%3a/gi, ':');
    if (!plain.includes(':')) return plain.includes('.') ? replaceIpv4(plain, replacement) : match;
    const open = { start: offset !== escapeEnd && isWordCharacter(text[offset - 1]), end: isWordCharacter(text[end]) };
    const replaced = replaceInRun(plain, open, replacement);
    return replaced === plain ? match : replaced;
  });
}
