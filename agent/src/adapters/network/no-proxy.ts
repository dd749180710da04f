import { BlockList, isIP } from 'node:net';

/**
 * Whether NO_PROXY names the host. Entries are separated by commas or spaces: `*`, a name (which stands for its subdomains too, with or
 * without a dot before it), an address, a subnet as `10.0.0.0/8`; each may end in `:port`, an IPv6 address then in brackets.
 */
export function isExempt(noProxy: string, target: { readonly host: string; readonly port: number }): boolean {
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry.toLowerCase(), target.host.toLowerCase(), target.port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const withPort = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry);
  if (withPort !== null && Number(withPort[2]) !== port) return false;
  const name = (withPort?.[1] ?? entry).replace(/^\[(.*)\]$/, '$1').replace(/^\*?\./, '');
  if (name.includes('/')) return inSubnet(name, host);
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function inSubnet(subnet: string, host: string): boolean {
  const [network = '', bits = ''] = subnet.split('/');
  const family = isIP(network);
  const prefix = Number(bits);
  if (family === 0 || family !== isIP(host) || !/^\d+$/.test(bits) || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, prefix, type);
  return list.check(host, type);
}
