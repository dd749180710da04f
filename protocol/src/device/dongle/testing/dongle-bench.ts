import { type HidChannel, Session } from '../../../session/index.ts';
import { type AirOptions, type VirtualDevice, virtualDevice, type VirtualDeviceOptions, type VirtualRadio } from '../../../virtual/index.ts';
import { type Bench, bench } from '../../../virtual/testing/bench.ts';
import { Dongle } from '../dongle.ts';

export interface DongleBench extends Bench {
  readonly session: Session;
  readonly dongle: Dongle;
  readonly radio: VirtualRadio<VirtualDevice>;
  /** A report that the device never sent. */
  readonly inject: (report: Uint8Array) => void;
  /** A headset in range, with the address that its serial number is. */
  readonly bring: (serial: string, options?: AirOptions, family?: string) => VirtualDevice;
  /** A headset that is paired and connected. */
  readonly attach: (serial: string, family?: string) => VirtualDevice;
  /** Subcommands of group 0D, and of 0C with a plus, that the dongle received as writes. */
  readonly writes: () => string[];
}

const serialOf = (address: string): string => address.replaceAll(':', '');

/** The same channel, some of whose input reports are lost; `inject` puts others in. */
function unreliable(channel: HidChannel, isLost: (report: Uint8Array) => boolean): HidChannel & Pick<DongleBench, 'inject'> {
  const listeners = new Set<(report: Uint8Array) => void>();
  return {
    inject: (report) => {
      for (const listener of listeners) listener(report.slice());
    },
    descriptor: channel.descriptor,
    isVirtual: true,
    write: (report) => channel.write(report),
    onReport: (listener) => {
      listeners.add(listener);
      return channel.onReport((report) => {
        if (!isLost(report)) listener(report);
      });
    },
    onClosed: (listener) => channel.onClosed(listener),
    close: () => channel.close(),
  };
}

/** A Link 370 with an open session. Headsets are named by their Bluetooth address; `isLost`: reports that never arrive. */
export async function dongleBench(
  options: Partial<VirtualDeviceOptions> = {},
  isLost: (report: Uint8Array) => boolean = () => false,
): Promise<DongleBench> {
  const on = await bench({ family: 'link-370', serial: '50C275000001', ...options });
  const { radio } = on.device;
  if (!radio) throw new TypeError('no dongle');
  const channel = unreliable(on.channel, isLost);
  const session = new Session(channel, on.clock);
  const make = (address: string, family: string): VirtualDevice => virtualDevice({ family, serial: serialOf(address) });
  return {
    ...on,
    inject: channel.inject,
    session,
    dongle: new Dongle(session, on.clock),
    radio,
    bring: (address, air, family = 'evolve2-65') => {
      const headset = make(address, family);
      radio.bring(headset, air);
      return headset;
    },
    attach: (address, family = 'evolve2-65') => {
      const headset = make(address, family);
      radio.attach(headset);
      return headset;
    },
    writes: () =>
      on.device.received.flatMap(({ packet }) =>
        packet?.type === 2 && (packet.command === 0x0d || packet.command === 0x0c)
          ? [`${packet.command.toString(16).padStart(2, '0')}/${(packet.subcommand ?? 0).toString(16).padStart(2, '0')}`.toUpperCase()]
          : [],
      ),
  };
}
