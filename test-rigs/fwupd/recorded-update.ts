import { buildFirmwarePackage, imagesFor, readFirmwarePackage } from '@jpd/protocol/firmware';
import { VirtualBus, VirtualClock, type VirtualDevice, virtualDevice, type VirtualDeviceOptions } from '@jpd/protocol/virtual';
import { Conversation } from './conversation.ts';
import type { EmulatedPhases } from './emulation.ts';
import { VendorWords } from './vendor-words.ts';

/** An update that a virtual device went through, and the package that it was sent. */
export interface RecordedUpdate {
  /** Of the device that is plugged in. */
  readonly productId: number;
  /** Of the device that is updated. */
  readonly dfuProductId: number;
  readonly zip: Uint8Array;
  readonly version: string;
  readonly phases: EmulatedPhases;
}

/** What the device is sent. */
const triplet = [9, 8, 7] as const;
const version = triplet.join('.');

/** Longer than any virtual device needs to start again. */
const restartMs = 60_000;

const pattern = (length: number, step: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * step) >> 2);

interface RecordOptions {
  /** Of a dongle: whether its headset is updated. */
  readonly ofChild?: boolean;
  /** Called before the update. */
  readonly before?: (device: VirtualDevice) => void;
}

/** Plugs a virtual device in, sets it up and updates it in the vendor's words, and sets it up once more when it came back. */
export async function recordUpdate(
  options: VirtualDeviceOptions | VirtualDevice,
  { ofChild = false, before = () => undefined }: RecordOptions = {},
): Promise<RecordedUpdate> {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = 'state' in options ? options : virtualDevice(options);
  bus.plug(device);
  const target = ofChild ? device.child : device;
  if (!target) throw new TypeError('the dongle has no headset');
  const { family, dfuProductId } = target.state;
  const zip = buildFirmwarePackage({
    version,
    productName: family.name,
    dfuProductIds: [dfuProductId],
    // More than one window of blocks and an odd end; then less than a window; a German one that nobody sends.
    images: [
      { content: pattern(52 * 23 + 17, 13), partition: 1 },
      { content: pattern(52 * 3, 7), partition: 5 },
      { content: pattern(100, 5), partition: 1, language: 0x0407, name: 'german.bin' },
    ],
  });
  const open = async (): Promise<Conversation> => {
    const [info] = await bus.list(0x0b0e);
    if (!info) throw new Error('the device didn’t come back');
    return new Conversation(await bus.open(info), clock);
  };
  const first = await open();
  const words = new VendorWords(first, device.address);
  const headset = await words.setUp();
  const setup = first.transfers.splice(0);
  before(device);
  await (ofChild && headset ? headset : words).update(imagesFor(readFirmwarePackage(zip)), triplet);
  const install = first.transfers;
  await clock.advance(restartMs);
  const second = await open();
  await new VendorWords(second, device.address).setUp();
  await bus.close();
  return { productId: device.state.productId, dfuProductId, zip, version, phases: { setup, install, reload: second.transfers } };
}
