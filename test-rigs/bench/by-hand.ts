import type { Packet, PacketType } from '@jpd/protocol';

/** What the codec is measured against: the same bytes written and read by hand through a DataView, with the checks that the codec makes. */

export interface Battery {
  readonly state: { readonly charging: boolean; readonly low: boolean; readonly fastCharging: boolean };
  readonly level: number | null;
}

export interface Sidetone {
  readonly sidetoneEnabled: boolean;
  readonly sidetoneLevel: number;
  readonly appended: Uint8Array;
}

export interface Block {
  readonly number: number;
  readonly data: Uint8Array;
}

export type Head = Omit<Packet, 'payload' | 'subcommand'> & { readonly subcommand: number };

const types: readonly PacketType[] = [0, 1, 2, 3];

function byte(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xff) throw new RangeError(`${value} is not a byte`);
  return value;
}

function begin(head: Head, length: number): { readonly report: Uint8Array; readonly view: DataView } {
  if (length > 57) throw new RangeError(`${length} bytes of payload`);
  // The buffer first: to ask a small array for its buffer makes the engine move it out of the heap, which costs ten times as much as all the rest.
  const buffer = new ArrayBuffer(64);
  const report = new Uint8Array(buffer);
  const view = new DataView(buffer);
  view.setUint8(0, 5);
  view.setUint8(1, byte(head.destination));
  view.setUint8(2, byte(head.source));
  view.setUint8(3, byte(head.sequence));
  view.setUint8(4, (head.type << 6) | (6 + length));
  view.setUint8(5, byte(head.command));
  view.setUint8(6, byte(head.subcommand));
  return { report, view };
}

function viewOf(report: Uint8Array, atLeast: number): DataView {
  const view = new DataView(report.buffer, report.byteOffset, report.byteLength);
  if (report.length < 7 || view.getUint8(0) !== 5) throw new RangeError('no packet');
  const length = view.getUint8(4) & 0x3f;
  if (length < 6 + atLeast || length + 1 > report.length) throw new RangeError(`a length of ${length}`);
  return view;
}

function expectMessage(view: DataView, { command, subcommand }: Head): void {
  if (view.getUint8(5) !== command || view.getUint8(6) !== subcommand) throw new RangeError('another message');
}

export const byHand = {
  encodePacket(head: Head, payload: Uint8Array): Uint8Array {
    const { report } = begin(head, payload.length);
    report.set(payload, 7);
    return report;
  },

  decodePacket(report: Uint8Array): Packet {
    const view = viewOf(report, 0);
    return {
      destination: view.getUint8(1),
      source: view.getUint8(2),
      sequence: view.getUint8(3),
      type: types[view.getUint8(4) >> 6] ?? 0,
      command: view.getUint8(5),
      subcommand: view.getUint8(6),
      payload: report.slice(7, (view.getUint8(4) & 0x3f) + 1),
    };
  },

  encodeBattery(head: Head, { state, level }: Battery): Uint8Array {
    const { report, view } = begin(head, 2);
    view.setUint8(7, (state.charging ? 1 : 0) | (state.low ? 2 : 0) | (state.fastCharging ? 0x40 : 0));
    view.setUint8(8, byte(level ?? 0));
    return report;
  },

  decodeBattery(head: Head, report: Uint8Array): Battery {
    const view = viewOf(report, 2);
    expectMessage(view, head);
    const bits = view.getUint8(7);
    const level = view.getUint8(8);
    const state = { charging: (bits & 1) !== 0, low: (bits & 2) !== 0, fastCharging: (bits & 0x40) !== 0 };
    return { state, level: level >= 1 && level <= 100 ? level : null };
  },

  encodeSidetone(head: Head, { sidetoneEnabled, sidetoneLevel, appended }: Sidetone): Uint8Array {
    if (!Number.isInteger(sidetoneLevel) || sidetoneLevel < -0x80 || sidetoneLevel > 0x7f) throw new RangeError(`level ${sidetoneLevel}`);
    const { report, view } = begin(head, 2 + appended.length);
    view.setUint8(7, sidetoneEnabled ? 0 : 1);
    view.setInt8(8, sidetoneLevel);
    report.set(appended, 9);
    return report;
  },

  decodeSidetone(head: Head, report: Uint8Array): Sidetone {
    const view = viewOf(report, 2);
    expectMessage(view, head);
    return {
      sidetoneEnabled: view.getUint8(7) === 0,
      sidetoneLevel: view.getInt8(8),
      appended: report.slice(9, (view.getUint8(4) & 0x3f) + 1),
    };
  },

  encodeDfuProductId(head: Head, id: number): Uint8Array {
    if (!Number.isInteger(id) || id < 0 || id > 0xffff) throw new RangeError(`product id ${id}`);
    const { report, view } = begin(head, 2);
    view.setUint16(7, id, true);
    return report;
  },

  decodeDfuProductId(head: Head, report: Uint8Array): number {
    const view = viewOf(report, 2);
    expectMessage(view, head);
    return view.getUint16(7, true);
  },

  encodeBlock(head: Head, { number, data }: Block): Uint8Array {
    if (!Number.isInteger(number) || number < 0 || number > 0xffff) throw new RangeError(`block ${number}`);
    if (data.length < 1 || data.length > 52) throw new RangeError(`a block of ${data.length} bytes`);
    const { report, view } = begin(head, 4 + data.length);
    view.setUint16(7, number, true);
    view.setUint16(9, data.length, true);
    report.set(data, 11);
    return report;
  },

  decodeBlock(head: Head, report: Uint8Array): Block {
    const view = viewOf(report, 4);
    expectMessage(view, head);
    const size = view.getUint16(9, true);
    if (size < 1 || size > 52 || 10 + size > (view.getUint8(4) & 0x3f)) throw new RangeError(`a block of ${size} bytes`);
    return { number: view.getUint16(7, true), data: report.slice(11, 11 + size) };
  },
};
