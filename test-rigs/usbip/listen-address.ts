import type { Address } from '../virtual/listen.ts';

/** Reads `unix:PATH`, `HOST:PORT`, `[IPV6]:PORT`; null for anything else. Port 0 is any that is free. */
export function parseListenAddress(text: string): Address | null {
  if (text.startsWith('unix:')) return text.length > 5 ? { path: text.slice(5) } : null;
  const [, ipv6, name, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  return host === undefined || !(port <= 0xffff) ? null : { host, port };
}
