import { firmwareCrc, type FirmwarePackage } from '../../../../images/index.ts';
import type { Behaviour, VirtualDeviceOptions } from '../../../../virtual/index.ts';
import { VirtualBus, VirtualClock, type VirtualDevice, virtualDevice } from '../../../../virtual/index.ts';
import { Address } from '../../../../frames/index.ts';
import { delay } from '../../../../session/clock.ts';
import { connectionState } from '../../../../messages/bluetooth.ts';
import { hidUpdateTarget, type UpdateJournal, type UpdateTarget } from '../../../update/index.ts';
import type { FirmwareUpdateOutcome, FirmwareUpdateProgress } from '../outcome.ts';
import { type FirmwareUpdateOptions, updateFirmware } from '../update-firmware.ts';

/** Bytes that differ from image to image and from block to block. */
export const imageOf = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (Math.imul(index + seed, 0x9e3779b1) >>> 13) & 0xff);

/** A package for Evolve2 75 (24DA), one image for each content, partitions 1, 2, … */
export function packageOf(contents: readonly Uint8Array[], changes: Partial<FirmwarePackage> = {}): FirmwarePackage {
  return {
    productName: 'Jabra Evolve2 75',
    version: '2.3.4',
    releaseDate: null,
    dfuProductIds: [0x24da],
    images: contents.map((content, index) => ({
      name: `image-${index + 1}.bin`,
      content,
      partition: index + 1,
      crc: firmwareCrc(content),
      version: '2.3.4',
      target: 'headset',
      language: 0x0409,
    })),
    ...changes,
  };
}

/** Keeps what it is given, as JSON. */
class MemoryJournal implements UpdateJournal {
  text: string | null = null;
  readonly saved: unknown[] = [];
  /** How long saving takes. */
  saveMs = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  load(): Promise<unknown> {
    return Promise.resolve(this.text === null ? null : JSON.parse(this.text));
  }

  async save(entry: unknown): Promise<void> {
    if (this.saveMs > 0) await delay(this.#clock, this.saveMs);
    this.text = JSON.stringify(entry);
    this.saved.push(entry);
  }

  clear(): Promise<void> {
    this.text = null;
    return Promise.resolve();
  }
}

export interface UpdateBench {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  /** What is updated: behind a dongle the headset. */
  readonly device: VirtualDevice;
  /** What is plugged. */
  readonly plugged: VirtualDevice;
  /** GNP address of what is updated. */
  readonly address: number;
  readonly target: UpdateTarget;
  readonly journal: MemoryJournal;
  readonly progress: FirmwareUpdateProgress[];
  /** Updates it, and waits for the outcome. */
  readonly update: (firmware: FirmwarePackage, options?: Partial<FirmwareUpdateOptions>) => Promise<FirmwareUpdateOutcome>;
  /** As `update`, without waiting. */
  readonly begin: (firmware: FirmwarePackage, options?: Partial<FirmwareUpdateOptions>) => Promise<FirmwareUpdateOutcome>;
}

/** Longer than every limit, retry and run of an update together. */
const longestMs = 3_600_000;

/** A dongle that doesn't tell of headsets that come and go; only Link 370's were ever described. */
const quiet: Behaviour = {
  name: 'quiet',
  onPacket: () => undefined,
  onEvent: ({ command, subcommand }) => (command === connectionState.command && subcommand === connectionState.subcommand ? [] : undefined),
};

/** An Evolve2 75 with 1.8.13 on a bus, by its cable or behind a Link 380, and everything that an update of it needs. */
export function updateBench({
  behaviours = [],
  isBehindDongle = false,
  dongleTells = true,
  ...options
}: Partial<VirtualDeviceOptions> & {
  readonly behaviours?: readonly Behaviour[];
  readonly isBehindDongle?: boolean;
  readonly dongleTells?: boolean;
} = {}): UpdateBench {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', version: '1.8.13', ...options, behaviours });
  const plugged = isBehindDongle
    ? virtualDevice({ family: 'link-380', serial: '50C275000001', child: device, behaviours: dongleTells ? [] : [quiet] })
    : device;
  bus.plug(plugged);
  const where = { vendorId: 0x0b0e, serial: plugged.serial, physicalPort: 'virtual-1' };
  const address = isBehindDongle ? Address.headset1 : device.address;
  const target = hidUpdateTarget(bus.port(), clock, where, address);
  const journal = new MemoryJournal(clock);
  const progress: FirmwareUpdateProgress[] = [];
  const begin: UpdateBench['begin'] = (firmware, more = {}) =>
    updateFirmware({ target, clock, journal, firmware, digest: 'digest', onProgress: (one) => progress.push(one), ...more });
  return {
    clock,
    bus,
    device,
    plugged,
    address,
    target,
    journal,
    progress,
    begin,
    update: (firmware, more) => clock.complete(begin(firmware, more), longestMs),
  };
}
