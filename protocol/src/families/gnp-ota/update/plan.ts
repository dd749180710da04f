import {
  compareVersions,
  firmwareCrc,
  FirmwarePackageError,
  type FirmwareImage,
  type FirmwarePackage,
  imagesFor,
  parseVersion,
} from '../../../images/index.ts';
import { maxBlockLength } from '../../../messages/firmware.ts';
import type { BlockNumbers } from './block-numbers.ts';
import type { DeviceFacts } from './facts.ts';

/** fwupd's threshold (facts E4). */
export const minimumBatteryPercent = 30;

/** Every how many blocks the device acknowledges (facts E9). */
export const acknowledgedEvery = 10;

/** What may be decided differently for one update. */
export interface UpdatePolicy {
  /** Windows language id of the images to send, English by default as with fwupd. */
  readonly language?: number;
  /** A device that runs the package's version already is left alone. Default: it is written again. */
  readonly skipIfCurrent?: boolean;
  /** Percent; 0 to ask no battery at all. Default 30. */
  readonly minimumBattery?: number;
  /** A charging device may have less, or not know its level. Default: no. */
  readonly chargingIsEnough?: boolean;
  /** For devices that are known to count this way. Default: as fwupd does (65,536), then the other way where that doesn't get through. */
  readonly blockNumbers?: BlockNumbers;
}

/** What stands against an update. Nothing was written. */
export type UpdateObjection =
  /** The package names other DFU product ids, or the device tells none. */
  | 'wrong-product'
  /** GNP 02/14 is neither 7 nor 16. */
  | 'unknown-protocol'
  | 'low-battery'
  /** It has a battery and doesn't know how full it is. */
  | 'unknown-battery'
  /** No image for this language, or an empty one. */
  | 'nothing-to-send'
  /** Several images for one partition and language. */
  | 'ambiguous-images'
  /** An image isn't what its check number says. */
  | 'damaged-image'
  /** Protocol 7 counts blocks with 16 bits. */
  | 'image-too-large'
  /** The package's version is not three numbers of one byte each. */
  | 'no-version';

export interface Objection {
  readonly reason: UpdateObjection;
  /** For a person. */
  readonly message: string;
}

export interface PlannedImage {
  readonly name: string;
  readonly partition: number;
  readonly crc: number;
  readonly content: Uint8Array;
  readonly blocks: number;
}

/** What is sent to a device, in this order. */
export interface UpdatePlan {
  readonly protocol: 7 | 16;
  /** The device's version before. */
  readonly from: string;
  /** The package's. */
  readonly to: string;
  readonly version: { readonly major: number; readonly minor: number; readonly micro: number };
  readonly images: readonly PlannedImage[];
  /** Of all images. */
  readonly bytes: number;
  /** What the caller knows of the device's way to count, null where it is to be found out. */
  readonly blockNumbers: BlockNumbers | null;
}

export type Planned =
  { readonly kind: 'plan'; readonly plan: UpdatePlan } | { readonly kind: 'current' } | { readonly kind: 'objection'; readonly objection: Objection };

const objection = (reason: UpdateObjection, message: string): Planned => ({ kind: 'objection', objection: { reason, message } });

const hex = (id: number): string => id.toString(16).toUpperCase().padStart(4, '0');

/** Whether the battery is full enough, null where it is. */
export function batteryObjection(
  { battery }: DeviceFacts,
  { minimumBattery = minimumBatteryPercent, chargingIsEnough = false }: UpdatePolicy,
): Objection | null {
  if (battery === null || minimumBattery <= 0 || (chargingIsEnough && battery.charging)) return null;
  if (battery.level === null) return { reason: 'unknown-battery', message: 'the device doesn’t know how full its battery is' };
  if (battery.level >= minimumBattery) return null;
  return { reason: 'low-battery', message: `the battery is at ${battery.level} %, an update needs ${minimumBattery} %` };
}

function imagesOf(firmware: FirmwarePackage, policy: UpdatePolicy): readonly FirmwareImage[] | Objection {
  try {
    return imagesFor(firmware, policy);
  } catch (error) {
    if (!(error instanceof FirmwarePackageError)) throw error;
    return { reason: error.code === 'ambiguous-image' ? 'ambiguous-images' : 'nothing-to-send', message: error.message };
  }
}

function imageObjection({ name, content, crc, partition }: FirmwareImage, protocol: 7 | 16): Objection | null {
  if (content.length === 0) return { reason: 'nothing-to-send', message: `image "${name}" is empty` };
  if (firmwareCrc(content) !== crc)
    return { reason: 'damaged-image', message: `image "${name}" for partition ${partition} is not what its check number says` };
  if (protocol === 7 && Math.ceil(content.length / maxBlockLength) > 0xffff)
    return {
      reason: 'image-too-large',
      message: `image "${name}" has ${content.length} bytes, update protocol 7 can count ${0xffff * maxBlockLength}`,
    };
  return null;
}

function byteTriplet(version: string): UpdatePlan['version'] | null {
  const triplet = parseVersion(version);
  if (!triplet || Math.max(...triplet) > 0xff) return null;
  const [major, minor, micro] = triplet;
  return { major, minor, micro };
}

/** Whether two versions are the same by their numbers; letters behind them don't count (facts F). */
export const isSameVersion = (one: string, other: string): boolean => compareVersions(one, other) === 0;

/** What to send to a device that said this of itself, or why nothing. Pure. */
export function planUpdate(firmware: FirmwarePackage, facts: DeviceFacts, policy: UpdatePolicy = {}): Planned {
  const title = `${firmware.productName} ${firmware.version}`;
  const { dfuProductId, updateProtocol: protocol } = facts;
  if (dfuProductId === null || !firmware.dfuProductIds.includes(dfuProductId)) {
    const ids = firmware.dfuProductIds.map(hex).join(', ');
    return objection(
      'wrong-product',
      `${title} is for DFU product ${ids}, the device is ${dfuProductId === null ? 'none that it tells' : hex(dfuProductId)}`,
    );
  }
  if (protocol !== 7 && protocol !== 16)
    return objection('unknown-protocol', `the device has update protocol ${protocol ?? 'none'}; 7 and 16 are known`);
  const version = byteTriplet(firmware.version);
  if (!version) return objection('no-version', `"${firmware.version}" is no version of three bytes`);
  if (policy.skipIfCurrent === true && isSameVersion(facts.version, firmware.version)) return { kind: 'current' };
  const images = imagesOf(firmware, policy);
  if ('reason' in images) return { kind: 'objection', objection: images };
  for (const image of images) {
    const problem = imageObjection(image, protocol);
    if (problem) return { kind: 'objection', objection: problem };
  }
  const battery = batteryObjection(facts, policy);
  if (battery) return { kind: 'objection', objection: battery };
  return {
    kind: 'plan',
    plan: {
      protocol,
      from: facts.version,
      to: firmware.version,
      version,
      images: images.map(({ name, partition, crc, content }) => ({
        name,
        partition,
        crc,
        content,
        blocks: Math.ceil(content.length / maxBlockLength),
      })),
      bytes: images.reduce((sum, { content }) => sum + content.length, 0),
      blockNumbers: policy.blockNumbers ?? null,
    },
  };
}
