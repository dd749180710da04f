import { type Packet, PacketType } from '../../../../frames/index.ts';
import { deleteFile, fileChecksum, fileNextBlock, startFileUpdate } from '../../../../messages/file.ts';
import { dfuProductId, firmwareVersion } from '../../../../messages/identity.ts';
import { idText } from '../../../../messages/message.ts';
import { videoStatus } from '../../../../messages/video.ts';
import type { HidPort } from '../../../../session/hid-port.ts';
import { type Action, type Behaviour, type BehaviourContext, VirtualBus, VirtualClock, type VirtualDevice } from '../../../../virtual/index.ts';
import { virtualDevice, type VirtualDeviceOptions } from '../../../../virtual/index.ts';
import { md5 } from '../../../../virtual/md5.ts';
import { virtualUpgradeFile } from '../../../../virtual/upgrade-file.ts';
import { hidUpdateTarget, type UpdateConnection, type UpdateHost, type UpdateJournal, type UpdateOutcome } from '../../../update/index.ts';
import { findProduct } from '../../../registry.ts';
import { updateByFile, type UpgradeFile } from '../update-by-file.ts';

export const newVersion = '8.1.0';
export const oldVersion = '8.0.7';

/** An upgrade file for a PanaCast 50; 12,000 bytes are three windows of blocks, the last one short. */
export const upgradeFile = (length = 12_000, version = newVersion): UpgradeFile => ({
  content: virtualUpgradeFile(version, length),
  version,
  dfuProductIds: [0x3010],
});

/** A journal in memory: what a disk would hold. */
class MemoryJournal implements UpdateJournal {
  entry: unknown = null;
  load(): Promise<unknown> {
    return Promise.resolve(this.entry);
  }
  save(entry: unknown): Promise<void> {
    this.entry = entry;
    return Promise.resolve();
  }
  clear(): Promise<void> {
    this.entry = null;
    return Promise.resolve();
  }
}

export interface Rig {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly device: VirtualDevice;
  readonly journal: MemoryJournal;
  /** Begins an update; `port` is another program's view of the bus. */
  readonly start: (file?: UpgradeFile, host?: Partial<UpdateHost>, port?: HidPort) => Promise<UpdateOutcome>;
  /** Moves time on until a promise is settled. */
  readonly drive: <T>(promise: Promise<T>) => Promise<T>;
}

/** A real one takes minutes; one test waits for them. */
export const shortInstallation = { staysMs: 4000, awayMs: 20_000 };

/** Small beside every time-out, so that none fires while promise chains are still busy. */
const stepMs = 900;
const limitMs = 4 * 3_600_000;

/** A PanaCast 50 on a bus. `drained` resolves once every promise chain has come to rest, which takes a turn of the event loop. */
export function rig(drained: () => Promise<unknown>, options: Partial<VirtualDeviceOptions> = {}): Rig {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = virtualDevice({ family: 'panacast-50', ...options });
  const journal = new MemoryJournal();
  device.state.files.installTiming = shortInstallation;
  bus.plug(device);
  const start: Rig['start'] = (file = upgradeFile(), host = {}, port = bus) => {
    const info = { vendorId: 0x0b0e, serial: device.serial, physicalPort: 'virtual-1' };
    const product = findProduct(device.state.productId)?.product;
    if (!product) throw new RangeError('there is no such product');
    return updateByFile(file, { clock, journal, product, digest: { md5 }, target: hidUpdateTarget(port, clock, info, device.address), ...host });
  };
  const drive: Rig['drive'] = async (promise) => {
    const state = { settled: false };
    const mark = (): void => {
      state.settled = true;
    };
    promise.then(mark, mark);
    const limit = clock.monotonic() + limitMs;
    await drained();
    while (!state.settled) {
      if (clock.monotonic() > limit) throw new RangeError(`not settled within ${limitMs} ms of virtual time`);
      await clock.advance(stepMs);
      await drained();
    }
    return promise;
  };
  return { clock, bus, device, journal, start, drive };
}

/** Requests of an update, in the order in which they are first sent; `block` is the first one of a file (1) or an acknowledged one (from 2), `piece` one that isn't. */
const requests = {
  version: { message: firmwareVersion, type: PacketType.read },
  product: { message: dfuProductId, type: PacketType.read },
  status: { message: videoStatus, type: PacketType.read },
  checksum: { message: fileChecksum, type: PacketType.read },
  remove: { message: deleteFile, type: PacketType.write },
  block: { message: fileNextBlock, type: PacketType.write },
  piece: { message: fileNextBlock, type: PacketType.event },
  start: { message: startFileUpdate, type: PacketType.write },
} as const;
export type RequestName = keyof typeof requests;

/** Requests before the start, of blocks one in the middle: which, and the how many-th of its kind. */
export const moments: readonly (readonly [RequestName, number])[] = [
  ['version', 1],
  ['product', 1],
  ['status', 1],
  ['checksum', 1],
  ['checksum', 2],
  ['remove', 1],
  ['piece', 1],
  ['piece', 150],
  ['block', 1],
  ['block', 2],
  ['checksum', 3],
  ['status', 2],
];

const isRequest = (packet: Packet, name: RequestName): boolean => {
  const { message, type } = requests[name];
  return packet.type === type && packet.command === message.command && packet.subcommand === message.subcommand;
};

/** Acts on the `nth` request of a kind (from 1) and the `count - 1` that follow. */
export function at(name: RequestName, nth: number, act: (context: BehaviourContext, packet: Packet) => Action, count = 1): Behaviour {
  let seen = 0;
  return {
    name: `at ${name} ${nth}`,
    onPacket: (packet, context) => {
      if (!isRequest(packet, name)) return undefined;
      seen += 1;
      return seen >= nth && seen < nth + count ? act(context, packet) : undefined;
    },
  };
}

/** What a device received, as ids with the type's letter in front; runs of the same are counted. */
export function conversation(device: VirtualDevice): string[] {
  const letters = ['E', 'R', 'W', 'A'];
  const lines: { id: string; count: number }[] = [];
  for (const { packet } of device.received) {
    const id = packet ? `${letters[packet.type] ?? ''} ${idText(packet.command, packet.subcommand)}` : '?';
    const last = lines.at(-1);
    if (last?.id === id) last.count += 1;
    else lines.push({ id, count: 1 });
  }
  return lines.map(({ id, count }) => (count === 1 ? id : `${id} ×${count}`));
}

/** A host that can be killed: from then on nothing of it reaches the device, and nothing reaches it. */
export function killable(
  bus: VirtualBus,
  clock: VirtualClock,
  device: VirtualDevice,
): { readonly host: Pick<UpdateHost, 'target'>; readonly kill: () => void } {
  const port = bus.port();
  const target = hidUpdateTarget(port, clock, { vendorId: 0x0b0e, serial: device.serial, physicalPort: 'virtual-1' }, device.address);
  let dead = false;
  const never = new Promise<UpdateConnection | null>(() => undefined);
  return {
    host: { target: { onChange: (listener) => target.onChange(listener), connect: () => (dead ? never : target.connect()) } },
    kill: () => {
      dead = true;
      void port.close();
    },
  };
}
