import type { InterfaceAddress } from './readers.ts';

function isLinkLocal({ address, family }: InterfaceAddress): boolean {
  return family === 'IPv4' ? address.startsWith('169.254.') : /^fe[89ab]/i.test(address);
}

/** The addresses by which others reach this computer: neither loopback nor link-local, IPv4 first, sorted so that an order of interfaces is no change. */
export function reachableAddresses(addresses: readonly InterfaceAddress[]): readonly string[] {
  const reachable = addresses.filter((address) => !address.internal && !isLinkLocal(address));
  const of = (family: InterfaceAddress['family']) => reachable.filter((each) => each.family === family).map(({ address }) => address.toLowerCase());
  return [...new Set([...of('IPv4').toSorted(), ...of('IPv6').toSorted()])];
}
