import { DecodeError, type Field, mapped, nothing, struct, u16le, u8 } from '../bytes/index.ts';
import { Command } from '../frames/index.ts';
import { fwupd, message } from './message.ts';

/**
 * Firmware update over GNP, protocols 7 and 16 (facts E9). One image after another: partition, start, erased, crc, blocks, verified, version; after the
 * last one commit. Refusals are NACKs; how a device says that an image didn't verify is not public.
 */
const head = { command: Command.firmware, provenance: [fwupd] } as const;

/** Longest piece of an image in one block (facts E9); with number and size in front it fills 56 of a payload's 57 bytes. */
export const maxBlockLength = 52;

const u32le: Field<number> = mapped(
  struct({ low: u16le(), high: u16le() }),
  'u32 LE',
  ({ low, high }) => low + high * 0x1_0000,
  // Split by arithmetic, so that a number of more than 32 bits is refused by its half.
  (value) => ({ low: value % 0x1_0000, high: Math.floor(value / 0x1_0000) }),
);

/** Chooses the partition of the next image. GNP 0F/2D, fwupd jabra-gnp. */
export const updatePartition = message({ ...head, name: 'update partition', subcommand: 0x2d, write: u8() });

/** Starts an image: the device erases what it will be stored in, and tells when that is done with `updateErased`. GNP 0F/17, fwupd jabra-gnp. */
export const updateStart = message({ ...head, name: 'update start', subcommand: 0x17, write: nothing });

/** The flash is erased. GNP 0F/18, fwupd jabra-gnp. */
export const updateErased = message({ ...head, name: 'update erased', subcommand: 0x18, event: nothing });

/**
 * Announces an image under protocol 7: its check number (`firmwareCrc`), its number of blocks, and the window: the device acknowledges the first block,
 * every `window`th after it and the last one. GNP 0F/19, fwupd jabra-gnp.
 */
export const updateCrc = message({
  ...head,
  name: 'update crc',
  subcommand: 0x19,
  write: struct({ crc: u32le, blocks: u16le(), window: u16le() }),
});

const noBlocks = mapped(
  u16le(),
  'u16 LE 0',
  () => undefined,
  () => 0,
);

/** As `updateCrc`, under protocol 16: the number of blocks has 32 bits and stands at the end. GNP 0F/19, fwupd jabra-gnp. */
export const updateCrcExtended = message({
  ...head,
  name: 'update crc, extended',
  subcommand: 0x19,
  write: struct({ crc: u32le, noBlocks, window: u16le(), blocks: u32le }),
});

/** A piece of an image. `number` counts from 0 and has 16 bits only. */
export interface UpdateBlock {
  readonly number: number;
  /** 1 to 52 bytes. */
  readonly data: Uint8Array;
}

const number16 = u16le();

/** Written by hand, since an update has tens of thousands of them. */
const block: Field<UpdateBlock> = {
  layout: `number: u16 LE, size: u16 LE, data: size bytes, at most ${maxBlockLength}`,
  decode: (reader) => {
    const number = number16.decode(reader);
    const size = number16.decode(reader);
    if (size < 1 || size > maxBlockLength) throw new DecodeError('out-of-range', `a block of ${size} bytes`);
    return { number, data: reader.take(size) };
  },
  encode: (writer, { number, data }) => {
    if (data.length < 1 || data.length > maxBlockLength) throw new DecodeError('out-of-range', `a block of ${data.length} bytes`);
    number16.encode(writer, number);
    number16.encode(writer, data.length);
    writer.put(data);
  },
};

/** A block of the image, which nobody answers. GNP 0F/1A, fwupd jabra-gnp. */
export const updateBlock = message({ ...head, name: 'update block', subcommand: 0x1a, post: block });

/** The number of the last block that the device has, or the one before it: fwupd takes both. GNP 0F/1B, fwupd jabra-gnp. */
export const updateBlockAcknowledged = message({ ...head, name: 'update block acknowledged', subcommand: 0x1b, event: u16le() });

/** The image is there as its check number says. GNP 0F/1C, fwupd jabra-gnp. */
export const updateVerified = message({ ...head, name: 'update verified', subcommand: 0x1c, event: nothing });

/** The version of what was sent, for each image that of the package. GNP 0F/1E, fwupd jabra-gnp. */
export const updateVersion = message({ ...head, name: 'update version', subcommand: 0x1e, write: struct({ major: u8(), minor: u8(), micro: u8() }) });

/** After the last image: the device restarts with what it was sent. GNP 0F/1D, fwupd jabra-gnp. */
export const updateCommit = message({ ...head, name: 'update commit', subcommand: 0x1d, write: nothing });
