import { Command, jabraVendorId, updateCommit, updatePartition } from '@jpd/protocol';
import type { VirtualBus, VirtualDevice } from '@jpd/protocol/virtual';
import { machineClock } from '../../../platform/machine-clock.ts';

/** What passed between an update's first partition and its commit, as the device saw it: what a client does before and after isn't in it. */
export interface WritePhase {
  readonly milliseconds: number;
  /** Reports from the client. */
  readonly sent: number;
  /** Reports from the device. */
  readonly heard: number;
}

/** Watches a device while `update` updates it. Rejects where that has no beginning and no end. */
export async function watchWritePhase(bus: VirtualBus, device: VirtualDevice, update: () => Promise<void>): Promise<WritePhase> {
  const begun = machineClock.monotonic();
  const told: number[] = [];
  const info = (await bus.list(jabraVendorId)).find(({ serial }) => serial === device.serial);
  if (!info) throw new Error(`${device.serial} is not plugged`);
  // A second reader of the same path: it hears what the client hears.
  const channel = await bus.open(info);
  channel.onReport(() => {
    told.push(machineClock.monotonic());
  });
  try {
    await update();
  } finally {
    await channel.close();
  }
  const received = device.received.filter(({ at }) => at >= begun);
  const at = (subcommand: number): number[] =>
    received.flatMap(({ at: when, packet }) => (packet?.command === Command.firmware && packet.subcommand === subcommand ? [when] : []));
  const [first] = at(updatePartition.subcommand);
  const last = at(updateCommit.subcommand).at(-1);
  if (first === undefined || last === undefined) throw new Error('nothing was written');
  return {
    milliseconds: last - first,
    sent: received.filter(({ at: when }) => when >= first && when <= last).length,
    heard: told.filter((when) => when >= first && when <= last).length,
  };
}
