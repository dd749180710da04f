import { block, bytes, constant8, rest, restOfText, struct, u32be, u8 } from '../bytes/index.ts';
import { Command } from '../frames/index.ts';
import { fwupdFile, message } from './message.ts';

/** How blocks of a file begin (fwupd jabra-file; a third kind, 2, cancels, but nobody sends it). */
const first = 0;
const next = 1;

/** The one file that a video bar takes. */
export const upgradeFileName = 'upgrade.zip';
/** Bytes of a file in one block. */
export const fileBlockLength = 55;
/** Every 101st block is a write, which the device acknowledges; the others are posted. */
export const blocksPerAcknowledgement = 101;

/**
 * Asks for the checksum of the file that the device holds; it comes with the next read. What this one answers is ignored, a refusal as well.
 * GNP 03/03, fwupd jabra-file.
 */
export const fileChecksumRequest = message({
  name: 'file checksum, asked',
  command: Command.file,
  subcommand: 0x03,
  request: constant8(first << 6),
  reply: rest(),
  provenance: [fwupdFile],
});

/** MD5 of the file that the device holds; a refusal means that it holds none. The bytes in front of it are not public. GNP 03/03, fwupd jabra-file. */
export const fileChecksum = message({
  name: 'file checksum',
  command: Command.file,
  subcommand: 0x03,
  request: constant8(next << 6),
  reply: struct({ opaque: bytes(5), md5: bytes(16) }),
  provenance: [fwupdFile],
});

/** Removes a file; NACK F7 says that it was not there. GNP 03/04, fwupd jabra-file. */
export const deleteFile = message({
  name: 'file removal',
  command: Command.file,
  subcommand: 0x04,
  write: block(first, restOfText),
  provenance: [fwupdFile],
});

/** Begins a file: its size in bytes and its name. GNP 03/00, fwupd jabra-file. */
export const fileFirstBlock = message({
  name: 'first block of a file',
  command: Command.file,
  subcommand: 0x00,
  write: block(first, struct({ size: u32be(), name: restOfText })),
  provenance: [fwupdFile],
});

const nextBlock = block(next, struct({ id: u8(), data: rest() }));

/**
 * A piece of a file, at most `fileBlockLength` bytes. `id` counts blocks from 0 and keeps its low 8 bits only. As a write where an ACK is wanted.
 * GNP 03/00, fwupd jabra-file.
 */
export const fileNextBlock = message({
  name: 'next block of a file',
  command: Command.file,
  subcommand: 0x00,
  write: nextBlock,
  post: nextBlock,
  provenance: [fwupdFile],
});

/** Installs the file that the device holds: it is away for minutes afterwards. What 02 stands for is not public. GNP 07/03, fwupd jabra-file. */
export const startFileUpdate = message({
  name: 'start of a file update',
  command: Command.fileUpdate,
  subcommand: 0x03,
  write: constant8(0x02),
  provenance: [fwupdFile],
});
