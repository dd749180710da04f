import { isIP } from 'node:net';
import { HttpError } from '../../ports/index.ts';

/** A URL that may be asked: `https:`, or `http:` to this computer. Throws an HttpError `refused-url`. */
export function allowedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '' || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new HttpError('refused-url', 'not a URL that can be used: it begins with https:// and names a host');
  }
  if (url.protocol === 'http:' && !isLoopback(hostOf(url))) {
    throw new HttpError('refused-url', `http:// is for this computer only: use https:// for ${url.host}`);
  }
  return url;
}

/** Where an answer sends the client on. Throws an HttpError where it must not go: from `https:` never to `http:`, not even to this computer. */
export function redirectTarget(from: URL, location: string): URL {
  const text = URL.canParse(location, from.href) ? new URL(location, from).href : '';
  const target = allowedUrl(text);
  if (from.protocol === 'https:' && target.protocol !== 'https:') {
    throw new HttpError('refused-url', `${from.host} sends on to http://${target.host}: only https:// is followed`);
  }
  return target;
}

/** IPv6 without brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** With the port, also where it is the scheme's own. */
export const authorityOf = (url: URL): string => `${url.hostname}:${portOf(url)}`;

export const portOf = ({ port, protocol }: URL): number => (port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port));

/** The header for user and password of a URL, null where it has none. */
export function basicAuthorization({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
}

/** A percent sign that begins no escape stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
