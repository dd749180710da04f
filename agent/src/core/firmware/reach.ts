import { findProduct, updateWayOf } from '@jpd/protocol';
import { bestRoute, type Route } from '../devices/route.ts';

/** How a device can be updated over one of its routes. */
export interface Reach {
  readonly route: Route;
  /** Of what is plugged in: the device itself, or its dongle. */
  readonly key: string;
  readonly way: 'over-the-air' | 'file-transfer';
  /** GNP address. */
  readonly address: number;
}

const notVouched = 'nobody vouches for how this product takes firmware: update it with the vendor’s own program';

/** What is plugged in when a device is reached over these routes. */
export const plugsOf = (routes: Iterable<Route>): ReadonlySet<string> => new Set([...routes].map(({ key, parentKey }) => parentKey ?? key));

function wayOf({ productId }: Route): Reach['way'] | null {
  const found = findProduct(productId);
  const kind = found && updateWayOf(found).kind;
  return kind === 'over-the-air' || kind === 'file-transfer' ? kind : null;
}

/** The best of a device's routes to update it over, null where there is none. Nobody vouches for an update over a radio link of this PC. */
export function reachOf(routes: Iterable<Route>): Reach | null {
  const route = bestRoute([...routes].filter(({ transport, device }) => transport !== 'bluetooth' && device !== null));
  const way = route && wayOf(route);
  if (!way || !route.device) return null;
  return { route, key: route.parentKey ?? route.key, way, address: route.device.address };
}

/** Why a device that is reached over these routes can't be updated by us at all, null where nothing is known against it. */
export function obstacleOf(routes: Iterable<Route>): string | null {
  const all = [...routes];
  return all.length > 0 && all.every((route) => wayOf(route) === null) ? notVouched : null;
}
