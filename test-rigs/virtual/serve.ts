import { fromSpecification, parseSpecification, VirtualBus, type VirtualDevice } from '@jpd/protocol/virtual';
import { machineClock } from '../platform/machine-clock.ts';
import { serveBus } from './bus-server.ts';
import { untilEnded } from './until-ended.ts';

/** Devices of `MODEL[:SERIAL]` texts, serials that are missing made up. Throws `VirtualError`. */
export function makeDevices(specifications: readonly string[]): VirtualDevice[] {
  const parsed = specifications.map(parseSpecification);
  const given = parsed.flatMap(({ serial, child }) => [serial, child?.serial ?? null]).filter((serial) => serial !== null);
  const devices: VirtualDevice[] = [];
  for (const specification of parsed) {
    const made = devices.flatMap((device) => [device.serial, ...device.paired.map(({ serial }) => serial)]);
    const own = [specification.serial, specification.child?.serial];
    // A made-up serial must not be one that a later device was given.
    const reserved = given.filter((serial) => !own.includes(serial));
    devices.push(fromSpecification(specification, new Set([...made, ...reserved])));
  }
  return devices;
}

/** `jabra-virtual serve`: prints `ready` and serves until SIGTERM or SIGINT. */
export async function serve(socket: string, devices: readonly VirtualDevice[]): Promise<void> {
  const bus = new VirtualBus(machineClock);
  for (const device of devices) bus.plug(device);
  await untilEnded(bus, null, () => serveBus(bus, socket));
}
