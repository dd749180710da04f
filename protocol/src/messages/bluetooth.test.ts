import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError, type Field } from '../bytes/index.ts';
import { annotated } from '../bytes/testing/annotated.ts';
import { eventFrom } from '../session/testing/scripted-channel.ts';
import {
  clearPaired,
  connectHeadset,
  connectionState,
  disconnectHeadset,
  headsetFound,
  headsetName,
  pairedHeadset,
  pairedName,
  pairHeadset,
  removePaired,
  searchEnded,
  searchParameters,
  searchStart,
} from './bluetooth.ts';
import { decodePayload, encodePayload, idText, mayReachRealDevices, type Message, tryDecodePayload } from './message.ts';

const address = Uint8Array.of(0x70, 0xbf, 0x92, 0x00, 0x00, 0x02);

/** One payload of each part, its bytes written by hand. */
const golden: readonly (readonly [string, Message, string, Field<unknown>, string, unknown])[] = [
  [
    'search start',
    searchStart,
    '0D/20',
    searchStart.write,
    `
      05  unknown
      14  unknown, 20
    `,
    searchParameters,
  ],
  [
    'headset found',
    headsetFound,
    '0D/22',
    headsetFound.event,
    `
      01                 always
      70 BF 92 00 00 02  Bluetooth address
      04 04 24 D8 11 00  unknown
    `,
    { address, unknown: Uint8Array.of(0x04, 0x04, 0x24, 0xd8, 0x11, 0x00) },
  ],
  ['search ended', searchEnded, '0D/23', searchEnded.event, '01  always', {}],
  [
    'connect',
    connectHeadset,
    '0D/24',
    connectHeadset.write,
    `
      00                 left empty
      70 BF 92 00 00 02  Bluetooth address
    `,
    { address },
  ],
  [
    'disconnect',
    disconnectHeadset,
    '0D/25',
    disconnectHeadset.write,
    `
      00                 left empty
      70 BF 92 00 00 02  Bluetooth address
    `,
    { address },
  ],
  [
    'connection state',
    connectionState,
    '0D/26',
    connectionState.event,
    `
      01                 always
      70 BF 92 00 00 02  Bluetooth address
      00 07              unknown
      04                 bit 2: connected
      09                 unknown
    `,
    {
      address,
      unknown: Uint8Array.of(0x00, 0x07),
      state: { disconnected: false, connected: true },
      appended: Uint8Array.of(0x09),
    },
  ],
  [
    'paired headset asked for',
    pairedHeadset,
    '0D/28',
    pairedHeadset.request,
    `
      00  left empty
      03  index
    `,
    { index: 3 },
  ],
  [
    'paired headset',
    pairedHeadset,
    '0D/28',
    pairedHeadset.reply,
    `
      00                 not the last one
      05                 the next index
      01 02              unknown
      04                 connected
      03                 unknown
      70 BF 92 00 00 02  Bluetooth address
    `,
    { last: false, next: 5, unknown: Uint8Array.of(1, 2), state: 4, unknown2: 3, address },
  ],
  [
    'remove paired',
    removePaired,
    '0D/2A',
    removePaired.write,
    `
      00  left empty
      03  index
    `,
    { index: 3 },
  ],
  [
    'headset name',
    headsetName,
    '0D/2B',
    headsetName.event,
    `
      01                    always
      70 BF 92 00 00 02     Bluetooth address
      08                    unknown
      45 76 6F 6C 76 65 20  "Evolve "
      37 35                 "75"
    `,
    { address, unknown: 8, name: 'Evolve 75' },
  ],
  [
    'pair',
    pairHeadset,
    '0D/30',
    pairHeadset.write,
    `
      04                 unknown
      70 BF 92 00 00 02  Bluetooth address
    `,
    { address },
  ],
  [
    'paired name asked for',
    pairedName,
    '0D/32',
    pairedName.request,
    `
      00  left empty
      03  index
    `,
    { index: 3 },
  ],
  [
    'paired name',
    pairedName,
    '0D/32',
    pairedName.reply,
    `
      03 09                 unknown
      45 76 6F 6C 76 65 20  "Evolve "
      37 35                 "75"
    `,
    { unknown: Uint8Array.of(3, 9), name: 'Evolve 75' },
  ],
];

const declared = [
  searchStart,
  headsetFound,
  searchEnded,
  connectHeadset,
  disconnectHeadset,
  connectionState,
  pairedHeadset,
  removePaired,
  headsetName,
  pairHeadset,
  pairedName,
  clearPaired,
] as const;

describe('the payload of', () => {
  test.each(golden)('%s is as it is written by hand', (_, message, id, field, bytes, value) => {
    expect(idText(message.command, message.subcommand)).toBe(id);
    expect(decodePayload(field, annotated(bytes))).toEqual(value);
    expect(encodePayload(field, value)).toEqual(annotated(bytes));
  });

  test('clear paired is empty', () => {
    expect(idText(clearPaired.command, clearPaired.subcommand)).toBe('0C/04');
    expect(encodePayload(clearPaired.write, undefined)).toEqual(new Uint8Array(0));
  });
});

test('the headers of the events are those that the tool looks for', () => {
  const headerOf = (message: Message, payload: Uint8Array): number => eventFrom(1, message.command, message.subcommand, [...payload])[4] ?? 0;
  const found = { marker: undefined, address, unknown: new Uint8Array(6) };
  expect(headerOf(headsetFound, encodePayload(headsetFound.event, found))).toBe(0x13);
  expect(headerOf(searchEnded, encodePayload(searchEnded.event, { marker: undefined }))).toBe(0x07);
  const state = { disconnected: true, connected: false };
  const changed = { marker: undefined, address, unknown: new Uint8Array(2), state, appended: new Uint8Array(1) };
  expect(headerOf(connectionState, encodePayload(connectionState.event, changed))).toBe(0x11);
});

test.each([
  [0x00, { disconnected: false, connected: false }],
  [0x01, { disconnected: true, connected: false }],
  [0x04, { disconnected: false, connected: true }],
  [0xfa, { disconnected: false, connected: false }],
])('a connection state of %i says as much as is known', (byte, state) => {
  expect(decodePayload(connectionState.event, Uint8Array.of(1, ...address, 0, 0, byte)).state).toEqual(state);
});

describe('a name', () => {
  const nameOf = (...bytes: readonly number[]): string | undefined =>
    tryDecodePayload(headsetName.event, Uint8Array.of(1, ...address, 0, ...bytes))?.name;

  test('ends at a NUL or with its packet, and may be empty', () => {
    expect([nameOf(0x41, 0x42), nameOf(0x41, 0x00, 0x42), nameOf(0x00), nameOf()]).toEqual(['AB', 'A', '', '']);
  });

  test('may hold what is no text', () => {
    expect(nameOf(0xff, 0x41)).toBe('\ufffdA');
  });
});

test('an event that begins with something else than 01 is none that anybody knows', () => {
  for (const [message, length] of [
    [headsetFound, 13],
    [headsetName, 10],
    [connectionState, 11],
  ] as const) {
    expect(tryDecodePayload<unknown>(message.event, new Uint8Array(length).fill(1))).not.toBeNull();
    expect(tryDecodePayload<unknown>(message.event, new Uint8Array(length))).toBeNull();
  }
});

describe('a declaration of Bluetooth', () => {
  test('decodes any payload, or throws a DecodeError', () => {
    const fields = declared.flatMap((message) =>
      Object.values<unknown>({ ...message }).filter((part): part is Field<unknown> => typeof part === 'object' && part !== null && 'decode' in part),
    );
    expect(fields.length).toBe(14);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 57 }), (payload) => {
        for (const field of fields) {
          try {
            decodePayload(field, payload);
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
          }
        }
      }),
    );
  });

  test('has an id of its own, and a source that vouches for it', () => {
    expect(new Set(declared.map(({ command, subcommand }) => idText(command, subcommand))).size).toBe(declared.length);
    expect(declared.filter((message) => !mayReachRealDevices(message))).toEqual([]);
  });
});
