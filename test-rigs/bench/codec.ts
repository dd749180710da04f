import { deepStrictEqual } from 'node:assert/strict';
import {
  Address,
  batteryStatus,
  Command,
  decodePacket,
  decodePayload,
  dfuProductId,
  encodePacket,
  encodePacketOf,
  type Field,
  type Message,
  PacketType,
  PacketView,
  updateBlock,
  verifiedWires,
} from '@jpd/protocol';
import { type Battery, byHand, type Head, type Sidetone } from './by-hand.ts';
import { bytesPerOperation, compare, type Effort } from './measure.ts';
import type { Row } from './rows.ts';
import { meetEveryMessage } from './warm-up.ts';

/** One thing that the codec does, and the same by hand. */
interface Case {
  readonly name: string;
  readonly ours: () => unknown;
  readonly byHand: () => unknown;
  /** Makes what the operation returns, and nothing else. */
  readonly result: () => unknown;
}

const reply = (message: Message): Head => ({
  destination: Address.pc,
  source: Address.headsetViaUsb,
  sequence: 7,
  type: PacketType.reply,
  command: message.command,
  subcommand: message.subcommand,
});

const view = new PacketView();

/** As a session reads a reply: the packet where it lies, whether it is this message's, its value. */
function read<T>({ command, subcommand }: Message, field: Field<T>, report: Uint8Array): T {
  view.read(report);
  if (view.command !== command || view.subcommand !== subcommand) throw new RangeError('another message');
  return decodePayload(field, view.payload);
}

const newReport = (): Uint8Array => new Uint8Array(64);

function packetCases(): readonly Case[] {
  const head = { ...reply(dfuProductId), command: Command.ident, subcommand: 0x00 };
  const payload = Uint8Array.from([17, ...Buffer.from('Jabra PanaCast 50', 'ascii')]);
  const packet = { ...head, payload };
  const report = encodePacket(packet);
  return [
    { name: 'packet, encode', ours: () => encodePacket(packet), byHand: () => byHand.encodePacket(head, payload), result: newReport },
    {
      name: 'packet, decode',
      ours: () => decodePacket(report),
      byHand: () => byHand.decodePacket(report),
      result: () => ({
        destination: report[1],
        source: report[2],
        sequence: report[3],
        type: packet.type,
        command: report[5],
        subcommand: report[6],
        payload: report.slice(7, 25),
      }),
    },
  ];
}

function batteryCases(): readonly Case[] {
  const head = reply(batteryStatus);
  const battery: Battery = { state: { charging: true, low: false, fastCharging: false }, level: 80 };
  const report = byHand.encodeBattery(head, battery);
  return [
    {
      name: 'battery status, encode',
      ours: () => encodePacketOf(head, batteryStatus.reply, battery),
      byHand: () => byHand.encodeBattery(head, battery),
      result: newReport,
    },
    {
      name: 'battery status, decode',
      ours: () => read(batteryStatus, batteryStatus.reply, report),
      byHand: () => byHand.decodeBattery(head, report),
      result: () => ({ state: battery.state, level: report[8] }),
    },
  ];
}

function sidetoneCases(): readonly Case[] {
  const wire = verifiedWires.find(({ keys }) => keys.includes('sidetoneLevel'));
  if (!wire) throw new RangeError('no wire carries the sidetone');
  const head = { ...reply(wire.message), type: PacketType.write };
  const sidetone: Sidetone = { sidetoneEnabled: true, sidetoneLevel: -4, appended: new Uint8Array(0) };
  const report = byHand.encodeSidetone(head, sidetone);
  return [
    {
      name: 'sidetone, encode',
      ours: () => encodePacketOf(head, wire.message.write, sidetone),
      byHand: () => byHand.encodeSidetone(head, sidetone),
      result: newReport,
    },
    {
      name: 'sidetone, decode',
      ours: () => read(wire.message, wire.message.reply, report),
      byHand: () => byHand.decodeSidetone(head, report),
      result: () => ({ sidetoneEnabled: report[7] === 0, sidetoneLevel: report[8], appended: report.slice(9, 9) }),
    },
  ];
}

function numberCases(): readonly Case[] {
  const head = reply(dfuProductId);
  const report = byHand.encodeDfuProductId(head, 0x3010);
  return [
    {
      name: 'DFU product id, encode',
      ours: () => encodePacketOf(head, dfuProductId.reply, 0x3010),
      byHand: () => byHand.encodeDfuProductId(head, 0x3010),
      result: newReport,
    },
    {
      name: 'DFU product id, decode',
      ours: () => read(dfuProductId, dfuProductId.reply, report),
      byHand: () => byHand.decodeDfuProductId(head, report),
      result: () => report[7],
    },
  ];
}

function blockCases(): readonly Case[] {
  const head = { ...reply(updateBlock), type: PacketType.event };
  const block = { number: 0x1234, data: new Uint8Array(52).fill(0xa5) };
  const report = byHand.encodeBlock(head, block);
  return [
    {
      name: 'firmware block, encode',
      ours: () => encodePacketOf(head, updateBlock.post, block),
      byHand: () => byHand.encodeBlock(head, block),
      result: newReport,
    },
    {
      name: 'firmware block, decode',
      ours: () => read(updateBlock, updateBlock.post, report),
      byHand: () => byHand.decodeBlock(head, report),
      result: () => ({ number: 0x1234, data: report.slice(11, 63) }),
    },
  ];
}

/** The codec against a DataView by hand: time as a ratio, and what it allocates beyond its result. */
export async function codecRows(effort: Effort): Promise<readonly Row[]> {
  meetEveryMessage();
  const rows: Row[] = [];
  for (const one of [...packetCases(), ...batteryCases(), ...sidetoneCases(), ...numberCases(), ...blockCases()]) {
    deepStrictEqual(one.ours(), one.byHand(), `${one.name}: ours and by hand differ`);
    const { ns, otherNs } = await compare(one.ours, [one.byHand], effort);
    const [byHandNs = Infinity] = otherNs;
    rows.push({
      group: 'codec',
      name: one.name,
      ratio: ns / byHandNs,
      goal: 1.5,
      values: {
        ns,
        byHandNs,
        bytes: bytesPerOperation(one.ours, effort),
        byHandBytes: bytesPerOperation(one.byHand, effort),
        resultBytes: bytesPerOperation(one.result, effort),
      },
    });
  }
  return rows;
}
