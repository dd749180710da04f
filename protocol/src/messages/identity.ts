import { text, u16le, u8 } from '../bytes/index.ts';
import { Command } from '../frames/index.ts';
import { fwupd, headsetControl, message } from './message.ts';

/** The product's name, e.g. "Jabra PanaCast 50". GNP 02/00, fwupd jabra-gnp. */
export const productName = message({
  name: 'product name',
  command: Command.ident,
  subcommand: 0x00,
  reply: text(),
  provenance: [fwupd, headsetControl],
});

/** The electronic serial number. GNP 02/01, HeadsetControl. */
export const serialNumber = message({
  name: 'serial number',
  command: Command.ident,
  subcommand: 0x01,
  reply: text(),
  provenance: [headsetControl],
});

/** "X.Y.Z", on some devices with letters after it. GNP 02/03, fwupd jabra-gnp. */
export const firmwareVersion = message({
  name: 'firmware version',
  command: Command.ident,
  subcommand: 0x03,
  reply: text(),
  provenance: [fwupd],
});

/** Product id that firmware packages name. Asked of address 4 it tells whether a headset is behind the dongle (NACK F3, F4: none). GNP 02/13, fwupd jabra-gnp. */
export const dfuProductId = message({
  name: 'DFU product id',
  command: Command.ident,
  subcommand: 0x13,
  reply: u16le(),
  provenance: [fwupd],
});

/** 7: update over the air; 16: the same, extended. GNP 02/14, fwupd jabra-gnp. */
export const updateProtocol = message({
  name: 'update protocol',
  command: Command.ident,
  subcommand: 0x14,
  reply: u8(),
  provenance: [fwupd],
});
