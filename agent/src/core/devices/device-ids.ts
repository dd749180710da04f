import { type DeviceDocument, timestampMs } from '../../contract/index.ts';
import { plainSerial, portDeviceId, portDeviceIdPrefix, productIdOf, serialDeviceId } from './device-id.ts';
import type { Route } from './route.ts';

/** A route with the id that it was given. */
export interface IdentifiedRoute {
  readonly route: Route;
  readonly deviceId: string;
}

/**
 * Plugged in twice on their own: not the same headset over two ways, but two with one serial. A path that tells nothing by itself may be another
 * interface of the device beside it.
 */
const areTwins = (a: Route, b: Route): boolean =>
  a.key !== b.key && a.parentKey === null && b.parentKey === null && a.transport === b.transport && a.device !== null && b.device !== null;

/** Gives routes the ids of their devices (contract 2). */
export class DeviceIds {
  readonly #documents: () => readonly DeviceDocument[];
  readonly #sha256: (text: string) => string;
  /** Ids that two connected devices of a product would have had: their serial counts as none. */
  readonly #shared = new Set<string>();

  /** `documents`: every device that is known. */
  constructor(documents: () => readonly DeviceDocument[], sha256: (text: string) => string) {
    this.#documents = documents;
    this.#sha256 = sha256;
  }

  /** The id of `route` beside the routes that are up; `displaced` are those that must be given another one now. */
  idOf(route: Route, others: readonly IdentifiedRoute[]): { readonly deviceId: string; readonly displaced: readonly Route[] } {
    const { serial, dfuProductId } = route.identity;
    const plain = plainSerial(serial);
    const productId = dfuProductId ?? (plain === null ? null : this.#lastKnownProductId(plain, route)) ?? route.productId;
    const byPort = portDeviceId(productId, route.physicalPort, this.#sha256);
    if (plain === null) return { deviceId: byPort, displaced: [] };
    const bySerial = serialDeviceId(productId, plain);
    if (this.#isShared(bySerial, productId, plain)) return { deviceId: byPort, displaced: [] };
    const sameId = others.filter(({ deviceId }) => deviceId === bySerial).map((other) => other.route);
    if (!sameId.some((other) => areTwins(other, route))) return { deviceId: bySerial, displaced: [] };
    this.#shared.add(bySerial);
    return { deviceId: byPort, displaced: sameId.filter(({ key }) => key !== route.key) };
  }

  /** Also over restarts: two devices that are known by their ports for this serial. Otherwise each start would first take them for one. */
  #isShared(bySerial: string, productId: number, plain: string): boolean {
    if (this.#shared.has(bySerial)) return true;
    const prefix = portDeviceIdPrefix(productId);
    const byPort = this.#documents().filter(
      ({ deviceId, electronicSerialNumber }) => deviceId.startsWith(prefix) && plainSerial(electronicSerialNumber) === plain,
    );
    return byPort.length > 1;
  }

  /** A device that refuses its DFU product id keeps the one of its last id: one that it told rather than one that was made up. */
  #lastKnownProductId(plain: string, { family }: Route): number | null {
    const familyId = family?.id ?? 'unknown';
    const known = this.#documents().filter(
      ({ electronicSerialNumber, model }) => plainSerial(electronicSerialNumber) === plain && model.family === familyId,
    );
    const rank = ({ model, connection }: DeviceDocument): readonly [number, number] => [
      model.dfuProductId === null ? 0 : 1,
      timestampMs(connection.lastSeenAt),
    ];
    const [best] = known.toSorted((a, b) => {
      const [left, right] = [rank(a), rank(b)];
      return right[0] - left[0] || right[1] - left[1];
    });
    return best ? productIdOf(best.deviceId) : null;
  }
}
