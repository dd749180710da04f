import { wordEnd, wordStart } from './spellings.ts';

const octets = /^\d{1,3}(?:\.\d{1,3}){3}$/;

function isIpv4(text: string): boolean {
  return octets.test(text) && text.split('.').every((octet) => Number(octet) <= 255);
}

function groupsOf(text: string): number | null {
  if (text === '') return 0;
  let count = 0;
  for (const [index, group] of text.split(':').entries()) {
    const isLast = index === text.split(':').length - 1;
    if (/^[0-9a-f]{1,4}$/i.test(group)) count += 1;
    else if (isLast && isIpv4(group)) count += 2;
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

const colon = '(?::|%3a)';
const ipv4Source = String.raw`(?:(?<!\d)(?<!\d\.)|(?<=%[0-9a-f]{2})|(?<=\\u[0-9a-f]{4}))(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)`;
/** Anything that could hold an IPv6 address; `longestAddress` finds it. Bounded: the text may be hostile. */
const ipv6Source = String.raw`(?:[0-9a-f]{0,4}${colon}){2,40}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{1,4})?(?:%[0-9a-z_.-]{1,32})?`;

/** Longest run of groups that is an address, with what stands around it in the candidate; null where there is none. */
function longestAddress(candidate: string): { readonly before: string; readonly address: string; readonly after: string } | null {
  const [bare = '', ...zone] = candidate.split('%');
  const groups = bare.split(':');
  for (let length = groups.length; length >= 2; length -= 1) {
    for (let from = 0; from + length <= groups.length; from += 1) {
      const address = groups.slice(from, from + length).join(':');
      if (!isIpv6(address)) continue;
      const isEnd = from + length === groups.length;
      const before = groups.slice(0, from).join(':');
      const after = groups.slice(from + length).join(':');
      const rest = zone.length > 0 && !isEnd ? `%${zone.join('%')}` : '';
      return { before: before === '' && from === 0 ? '' : `${before}:`, address, after: isEnd ? '' : `:${after}${rest}` };
    }
  }
  return null;
}

/** Replaces the IP addresses in a text, but for those of the loopback interface. */
export class AddressFilter {
  readonly #ipv4 = new RegExp(ipv4Source, 'giu');
  readonly #ipv6 = new RegExp(wordStart + ipv6Source + wordEnd, 'giu');

  replace(text: string, replacement: () => string): string {
    const without6 = text.replaceAll(this.#ipv6, (candidate) => this.#replace6(candidate, replacement));
    return without6.replaceAll(this.#ipv4, (address) => (isIpv4(address) && !isHarmless(address) ? replacement() : address));
  }

  #replace6(candidate: string, replacement: () => string): string {
    const found = longestAddress(candidate.replaceAll(/%3a/gi, ':'));
    return found === null || isHarmless(found.address) ? candidate : `${found.before}${replacement()}${found.after}`;
  }
}
