import { toHex } from '../../bytes/index.ts';
import { BufferedChannel } from '../../session/buffered-channel.ts';
import type { HidPort } from '../../session/hid-port.ts';
import { collectionsOf, telephonyLayouts } from '../../virtual/descriptors/index.ts';
import { VirtualBus, VirtualClock, VirtualDevice, virtualDevice } from '../../virtual/index.ts';
import { CallControl, type CallControlOptions, type CallPath } from '../call-control.ts';
import { type CallLease, CallLock } from '../call-lock.ts';
import type { CallStatus } from '../call-state.ts';
import type { CallRequest } from '../requests.ts';

/** Layouts under test: facts D3, and the recorded PanaCast 50 of facts D2. */
export const layouts = { panacast50: collectionsOf('video-bar'), ...telephonyLayouts };
export type LayoutName = keyof typeof layouts;

// The object has no other keys.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const layoutNames = Object.keys(layouts) as readonly LayoutName[];

/** A virtual device with this layout; who it is otherwise doesn't matter to calls. */
export function deviceOf(layout: LayoutName, paths: VirtualDevice['paths'] = 'one'): VirtualDevice {
  return new VirtualDevice(virtualDevice({ family: 'evolve2-75' }).state, layouts[layout], paths, []);
}

/** Opens every path of the only device of a port. */
export async function openPaths(port: HidPort): Promise<CallPath[]> {
  const infos = await port.list(0x0b0e);
  return Promise.all(infos.map(async (info) => ({ info, channel: await port.open(info) })));
}

/** A report as text, `02 03 00`. */
const textOf = (report: Uint8Array): string => toHex(report).toUpperCase().replaceAll(/../g, '$& ').trim();

/** A device, and the program that owns its calls. */
export interface CallBench {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly device: VirtualDevice;
  readonly paths: readonly CallPath[];
  readonly lock: CallLock;
  readonly lease: CallLease;
  readonly calls: CallControl;
  /** What the device asked for since this was read last, once everything settled. */
  readonly requests: () => Promise<CallRequest[]>;
  /** The device sends a report that its model wouldn't, over its first path. */
  readonly say: (...bytes: readonly number[]) => void;
  /** Every status told. */
  readonly statuses: CallStatus[];
  readonly lost: string[];
  /** Telephony reports that the device took since this was read last. */
  readonly written: () => string[];
}

export async function callBench(
  layout: LayoutName = 'panacast50',
  options: Pick<CallControlOptions, 'confirmMute'> & { readonly paths?: VirtualDevice['paths'] } = {},
): Promise<CallBench> {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = deviceOf(layout, options.paths);
  bus.plug(device);
  const paths = await openPaths(bus);
  const lock = new CallLock();
  const lease = await lock.acquire(paths[0]?.info.physicalPort ?? '');
  if (!lease) throw new TypeError('the lock is new');
  const calls = await CallControl.open({ paths, clock, lease, ...(options.confirmMute ? { confirmMute: options.confirmMute } : {}) });
  const asked: CallRequest[] = [];
  calls.onRequest((request) => asked.push(request));
  const statuses: CallStatus[] = [];
  calls.onStatus((status) => statuses.push(status));
  const lost: string[] = [];
  calls.onLost((reason) => lost.push(reason));
  let read = 0;
  return {
    clock,
    bus,
    device,
    paths,
    lock,
    lease,
    calls,
    statuses,
    lost,
    requests: async () => {
      await clock.settle();
      return asked.splice(0);
    },
    say: (...bytes) => {
      const channel = paths[0]?.channel;
      if (channel instanceof BufferedChannel) channel.deliver(Uint8Array.from(bytes));
      else throw new TypeError('no channel of a virtual bus');
    },
    written: () => {
      const reports = device.received.slice(read).map(({ report }) => textOf(report));
      read = device.received.length;
      return reports;
    },
  };
}
