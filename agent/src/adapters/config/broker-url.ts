import { isIPv4 } from 'node:net';

const encrypted: readonly string[] = ['mqtts:', 'wss:'];
const plain: readonly string[] = ['mqtt:', 'ws:'];

/** Host as `URL` gives it: IPv6 in brackets and shortened; for schemes that URL doesn't know, a name or IPv4 address is left as it was written. */
function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

/** Why `text` is no address of a broker (contract 1), as the end of a sentence; null where it is one. It never repeats the text, which may hold a password. */
export function brokerUrlProblem(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return 'is not a URL: write it as mqtts://host:8883 or wss://host/path';
  if (![...encrypted, ...plain].includes(url.protocol)) return 'must begin with mqtts:// or wss:// (mqtt:// and ws:// to this computer only)';
  if (url.hostname === '') return 'names no host: write it as mqtts://host:8883 or wss://host/path';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password: the password is enrollmentToken';
  if (url.hash !== '') return 'must not contain "#"';
  if (plain.includes(url.protocol) && !isLoopback(url.hostname)) {
    return 'is not encrypted: use mqtts:// or wss://; mqtt:// and ws:// are for this computer only (127.0.0.0/8, ::1, localhost)';
  }
  return null;
}

/** Why `text` is no address of the platform's API for clients (docs/contract.md), as the end of a sentence; null where it is one. It never repeats the text. */
export function apiUrlProblem(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return 'is not a URL: write it as https://host or https://host/path';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// (http:// to this computer only)';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password: enrollmentToken stands for them';
  if (url.search !== '' || url.hash !== '') return 'must not contain "?" or "#"';
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'is not encrypted: use https://; http:// is for this computer only (127.0.0.0/8, ::1, localhost)';
  }
  return null;
}
