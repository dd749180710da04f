import { type ByteReader, bytes, DecodeError, type Field, struct, u8 } from '@jpd/protocol';
import { paddedText, u16, u32 } from '../usb/fields.ts';

/** Events of Linux' `/dev/uhid` (linux/uhid.h, Documentation/hid/uhid.rst), in the byte order of the processor: ours are all little endian. */
export const uhidEvent = {
  destroy: 1,
  start: 2,
  stop: 3,
  open: 4,
  close: 5,
  output: 6,
  getReport: 9,
  getReportReply: 10,
  create: 11,
  input: 12,
  setReport: 13,
  setReportReply: 14,
} as const;

/** Longest report and report descriptor. */
const dataLength = 4096;
/** What one read gives at most. */
export const eventLength = 4380;

/** Bytes in a place of fixed length. The length stands elsewhere: what is read is the whole place. */
function placed(length: number): Field<Uint8Array> {
  return {
    layout: `bytes in ${length}`,
    decode: (reader: ByteReader) => reader.take(Math.min(length, reader.remaining)),
    encode: (writer, value) => {
      if (value.length > length) throw new DecodeError('too-long', `${value.length} bytes where ${length} fit`);
      writer.put(value);
      writer.put(new Uint8Array(length - value.length));
    },
  };
}

/** UHID_CREATE2. */
export const createEvent = struct({
  type: u32(),
  name: paddedText(128),
  physical: paddedText(64),
  unique: paddedText(64),
  descriptorLength: u16(),
  /** 3: USB. */
  bus: u16(),
  vendorId: u32(),
  productId: u32(),
  version: u32(),
  country: u32(),
  descriptor: placed(dataLength),
});

/** UHID_INPUT2: an input report, its id first. */
export const inputEvent = struct({ type: u32(), length: u16(), data: placed(dataLength) });

/** UHID_DESTROY. */
export const destroyEvent = struct({ type: u32() });

const outputFields = struct({ type: u32(), data: bytes(dataLength), length: u16(), reportType: u8() });
const getReportFields = struct({ type: u32(), id: u32(), report: u8(), reportType: u8() });
const setReportFields = struct({ type: u32(), id: u32(), report: u8(), reportType: u8(), length: u16(), data: bytes(dataLength) });

/** An error, without data. Left unanswered, the kernel waits 5 s. */
export const getReportReply = struct({ type: u32(), id: u32(), error: u16(), length: u16() });
export const setReportReply = struct({ type: u32(), id: u32(), error: u16() });

export const ioError = 5;

/** What the kernel says. */
export type FromKernel =
  | { readonly kind: 'output'; readonly report: Uint8Array }
  | { readonly kind: 'get-report'; readonly id: number }
  | { readonly kind: 'set-report'; readonly id: number; readonly report: Uint8Array; readonly reportType: number }
  | { readonly kind: 'other'; readonly type: number };

/** Output reports of SET_REPORT: HID 1.11, 7.2.2. */
export const outputReport = 1;

/** Reads one event. Throws `DecodeError` for one that is cut. */
export function decodeEvent(reader: ByteReader): FromKernel {
  const start = reader.offset;
  const type = u32().decode(reader);
  reader.offset = start;
  switch (type) {
    case uhidEvent.output: {
      const { data, length } = outputFields.decode(reader);
      return { kind: 'output', report: data.slice(0, length) };
    }
    case uhidEvent.getReport:
      return { kind: 'get-report', id: getReportFields.decode(reader).id };
    case uhidEvent.setReport: {
      const { id, data, length, reportType } = setReportFields.decode(reader);
      return { kind: 'set-report', id, report: data.slice(0, length), reportType };
    }
    default:
      return { kind: 'other', type };
  }
}
