import { selectGnpPath } from '../../hid/index.ts';
import type { Clock } from '../../session/clock.ts';
import type { HidChannel, HidPathInfo, HidPort } from '../../session/hid-port.ts';
import { Session } from '../../session/session.ts';
import type { UpdateConnection, UpdateTarget } from './types.ts';

/** Which device is meant: the one with this serial number, where USB tells one, else the one in this port. */
export type TargetedDevice = Pick<HidPathInfo, 'vendorId' | 'serial' | 'physicalPort'>;

interface OpenPath {
  readonly info: HidPathInfo;
  readonly channel: HidChannel;
  readonly descriptor: Uint8Array | null;
}

const isMeant = (info: HidPathInfo, { serial, physicalPort }: TargetedDevice): boolean =>
  serial === null ? info.physicalPort === physicalPort : info.serial === serial;

/** A path may be gone by the time it is opened, or belong to another program: it is then passed over. */
async function openAll(port: HidPort, infos: readonly HidPathInfo[]): Promise<OpenPath[]> {
  const paths: OpenPath[] = [];
  for (const info of infos) {
    try {
      const channel = await port.open(info);
      paths.push({ info, channel, descriptor: channel.descriptor });
    } catch {
      // `connect` says null where none is left.
    }
  }
  return paths;
}

/** A device on a HID port, found again wherever it comes back; `address` is what is updated there. */
export function hidUpdateTarget(port: HidPort, clock: Clock, device: TargetedDevice, address: number): UpdateTarget {
  return {
    onChange: (listener) => port.onChange(listener),
    connect: async (): Promise<UpdateConnection | null> => {
      const infos = await port.list(device.vendorId);
      const paths = await openAll(
        port,
        infos.filter((info) => isMeant(info, device)),
      );
      const chosen = selectGnpPath(paths);
      await Promise.all(paths.filter((path) => path !== chosen).map(({ channel }) => channel.close()));
      if (!chosen) return null;
      const session = new Session(chosen.channel, clock);
      return { session, address, close: () => session.close() };
    },
  };
}
