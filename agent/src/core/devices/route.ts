import type { DeviceIdentity, Dongle, Family, GnpDevice } from '@jpd/protocol';
import type { Transport } from '../../contract/index.ts';

/** One way on which a device is reachable now: a cable, a radio link of this PC, or a dongle. A device can have several at once. */
export interface Route {
  /** Unique among the routes of this PC, the same as long as the device stays where it is. */
  readonly key: string;
  readonly transport: Transport;
  /** The dongle's or base's route. */
  readonly parentKey: string | null;
  readonly physicalPort: string;
  /** USB product id of what is plugged in; for a child its DFU product id. */
  readonly productId: number;
  /** Null for a product that the catalogue doesn't know. */
  readonly family: Family | null;
  /** What the device says of itself, what USB strings say where it doesn't. */
  readonly identity: DeviceIdentity;
  /** Null where the device has no GNP report: listed, never written to. */
  readonly device: GnpDevice | null;
  /** Its Bluetooth side, where there is a verified way to pair headsets with it. The same object as long as it stays plugged in. */
  readonly dongle?: Dongle;
  /** Another number says that the device may have been away from this route unnoticed, so that it may have lost what it held. */
  readonly arrival: number;
}

/** The best way first (contract 2). */
const transportOrder: readonly Transport[] = ['usb', 'dongle', 'bluetooth'];

/** The best of a device's routes; of two alike, one on which it can be asked. */
export function bestRoute(routes: Iterable<Route>): Route | null {
  const rank = ({ transport, device }: Route): number => 2 * transportOrder.indexOf(transport) + (device ? 0 : 1);
  return [...routes].toSorted((a, b) => rank(a) - rank(b))[0] ?? null;
}

/** Who is told of routes. Calls for one key come in order. */
export interface RouteListener {
  /** A route appeared, or what is known of it changed. */
  routeUp(route: Route): void;
  routeDown(key: string): void;
}
