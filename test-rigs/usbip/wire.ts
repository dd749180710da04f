import { bytes, struct, u8, type ValueOf } from '@jpd/protocol';
import { i32be, paddedText, u16be, u32be, unused } from '../usb/fields.ts';

/** USB/IP 1.1.1, as the Linux kernel documents it (Documentation/usb/usbip_protocol.rst). Everything is big endian. */
export const protocolVersion = 0x0111;

/** Codes of the first exchange. */
export const operation = { listRequest: 0x8005, listReply: 0x0005, importRequest: 0x8003, importReply: 0x0003 } as const;

/** Status of a reply to an import. */
export const importStatus = { ok: 0, notAvailable: 1, busy: 2, fault: 3, noDevice: 4 } as const;

export const operationHead = struct({ version: u16be(), code: u16be(), status: u32be() });
export const operationHeadLength = 8;

/** What an import asks for, after its head. */
export const importRequest = struct({ busId: paddedText(32) });
export const importRequestLength = 32;

/** Speeds of usb_device_speed. */
export const speed = { full: 2 } as const;

/** A device of a list or an import, 312 bytes. */
export const deviceRecord = struct({
  path: paddedText(256),
  busId: paddedText(32),
  busNumber: u32be(),
  deviceNumber: u32be(),
  speed: u32be(),
  vendorId: u16be(),
  productId: u16be(),
  release: u16be(),
  class: u8(),
  subclass: u8(),
  protocol: u8(),
  configuration: u8(),
  configurations: u8(),
  interfaces: u8(),
});
export type DeviceRecord = ValueOf<typeof deviceRecord>;

/** An interface of a list. */
export const interfaceRecord = struct({ class: u8(), subclass: u8(), protocol: u8(), padding: unused(1) });

/** Commands after an import. */
export const command = { submit: 1, unlink: 2, submitted: 3, unlinked: 4 } as const;
export const headLength = 48;

export const direction = { out: 0, in: 1 } as const;

const basics = { command: u32be(), sequence: u32be(), device: u32be(), direction: u32be(), endpoint: u32be() } as const;

/** Only to tell the commands apart. */
export const anyHead = struct({ command: u32be(), sequence: u32be() });

export const submitHead = struct({
  ...basics,
  flags: u32be(),
  length: u32be(),
  startFrame: u32be(),
  /** Of isochronous transfers; else 0 or FFFFFFFF. */
  packets: u32be(),
  interval: u32be(),
  setup: bytes(8),
});
export type SubmitHead = ValueOf<typeof submitHead>;

export const submittedHead = struct({
  ...basics,
  status: i32be(),
  length: u32be(),
  startFrame: u32be(),
  packets: u32be(),
  errors: u32be(),
  padding: unused(8),
});

export const unlinkHead = struct({ ...basics, unlinked: u32be(), padding: unused(24) });
export const unlinkedHead = struct({ ...basics, status: i32be(), padding: unused(24) });

/** A packet of an isochronous transfer; they follow the data. */
export const packetRecord = struct({ offset: u32be(), length: u32be(), actualLength: u32be(), status: u32be() });
export const packetRecordLength = 16;
export type PacketRecord = ValueOf<typeof packetRecord>;

/** Negative error numbers of Linux, which USB/IP speaks on every system. */
export const status = { ok: 0, stalled: -32, unlinked: -104, gone: -19 } as const;
