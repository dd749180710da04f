import { describe, expect, test } from 'vitest';
import { annotated } from '../bytes/testing/annotated.ts';
import { decodePacket, type Packet, PacketType } from '../frames/index.ts';
import { CancelSource, Session } from '../session/index.ts';
import { eventFrom, ScriptedChannel } from '../session/testing/scripted-channel.ts';
import { type OperatorMapping, operatorWire, type SettingKey, type SettingsWire, type SettingValue, verifiedWires } from '../settings/index.ts';
import { VirtualClock } from '../virtual/index.ts';
import { DeviceSettings } from './settings.ts';
import { answerFromRegisters, type Whim } from './testing/registers.ts';

const headset = 8;
const [sidetone, protection, guidance, autoOff] = [0x137c, 0x1301, 0x133a, 0x1390];
const allKeys: readonly SettingKey[] = ['sidetoneEnabled', 'sidetoneLevel', 'audioProtection', 'voiceGuidance', 'autoPowerOffMinutes'];

/** Muted at 0 dB, PeakStop, voice, off after an hour. */
const fresh: readonly (readonly [number, readonly number[]])[] = [
  [sidetone, [0x01, 0x00]],
  [protection, [0x00]],
  [guidance, [0x01]],
  [autoOff, [0x0c]],
];

function connected(options: { whim?: Whim; registers?: typeof fresh; keys?: readonly SettingKey[]; wires?: readonly SettingsWire[] } = {}) {
  const clock = new VirtualClock();
  const channel = new ScriptedChannel(clock);
  const registers = new Map(options.registers ?? fresh);
  answerFromRegisters(channel, registers, options.whim);
  const session = new Session(channel, clock);
  const settings = new DeviceSettings(session, headset, options.wires ?? verifiedWires, options.keys ?? allKeys);
  const apply = (changes: Readonly<Partial<Record<SettingKey, SettingValue>>>, signal?: CancelSource) =>
    clock.complete(settings.apply(new Map(Object.entries(changes) as [SettingKey, SettingValue][]), signal ? { signal } : {}));
  /** `R 7C` and `W 7C 00 03`, in the order in which they were sent. */
  const exchanges = () => channel.sent.map(({ packet }) => exchangeOf(packet));
  const writes = () => exchanges().filter((exchange) => exchange.startsWith('W'));
  return { clock, channel, registers, session, settings, apply, exchanges, writes };
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');
const exchangeOf = ({ type, subcommand, payload }: Packet): string =>
  [type === PacketType.write ? 'W' : 'R', hex(subcommand ?? 0), ...[...payload].map(hex)].join(' ');
const isWrite = ({ type }: Packet): boolean => type === PacketType.write;

describe('reading settings', () => {
  test('gives every value that the device says', async () => {
    const { settings, clock } = connected();
    expect(await clock.complete(settings.read())).toEqual({
      values: { sidetoneEnabled: false, sidetoneLevel: 0, audioProtection: 'peakstop', voiceGuidance: 'voice', autoPowerOffMinutes: 60 },
      problems: new Map(),
    });
  });

  test('asks for what is wanted only, and for what the family has', async () => {
    const { settings, exchanges } = connected();
    const { values } = await settings.read(new Set(['sidetoneLevel', 'voiceGuidance', 'unheardOf']));
    expect(exchanges()).toEqual(['R 7C', 'R 3A']);
    expect(values).toEqual({ sidetoneEnabled: false, sidetoneLevel: 0, voiceGuidance: 'voice' });
    const speakerphone = connected({ keys: ['voiceGuidance'] });
    await speakerphone.settings.read();
    expect(speakerphone.exchanges()).toEqual(['R 3A']);
  });

  test('tells for each setting what kept it back, and goes on', async () => {
    const { settings, clock } = connected({
      registers: fresh.filter(([id]) => id !== protection),
      whim: ({ subcommand }) => (subcommand === 0x7c ? 'deaf' : undefined),
    });
    const { values, problems } = await clock.complete(settings.read());
    expect(values).toEqual({ voiceGuidance: 'voice', autoPowerOffMinutes: 60 });
    expect([...problems].map(([key, { code, reason }]) => [key, code, reason])).toEqual([
      ['sidetoneEnabled', 'timeout', null],
      ['sidetoneLevel', 'timeout', null],
      ['audioProtection', 'rejected', 'unknown-subcommand'],
    ]);
  });

  test('leaves out a value that it has no name for', async () => {
    const { settings, clock } = connected({ registers: [[guidance, [0x07]]], keys: ['voiceGuidance'] });
    expect(await clock.complete(settings.read())).toEqual({ values: {}, problems: new Map() });
  });

  test('ends where the device is gone, or the caller doesn’t want it', async () => {
    const { settings, channel, clock } = connected({ whim: () => 'deaf' });
    const reading = settings.read();
    clock.setTimer(10, () => {
      channel.fail('unplugged');
    });
    await expect(clock.complete(reading)).rejects.toMatchObject({ code: 'disconnected' });
    const cancel = new CancelSource();
    cancel.cancel();
    await expect(connected().settings.read(undefined, { signal: cancel })).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('knows what can be read and written: what the family has and a wire carries', () => {
    expect([...connected({ keys: ['ancMode', 'voiceGuidance', 'sidetoneLevel'] }).settings.keys].toSorted()).toEqual([
      'sidetoneLevel',
      'voiceGuidance',
    ]);
  });
});

describe('applying settings', () => {
  test('reads, writes what differs, and reads back', async () => {
    const { apply, exchanges, registers } = connected();
    expect(await apply({ voiceGuidance: 'off', audioProtection: 'g616' })).toEqual(
      new Map([
        ['audioProtection', { status: 'written', value: 'g616' }],
        ['voiceGuidance', { status: 'written', value: 'off' }],
      ]),
    );
    expect(exchanges()).toEqual(['R 01', 'W 01 05', 'R 01', 'R 3A', 'W 3A 02', 'R 3A']);
    expect([registers.get(guidance), registers.get(protection)]).toEqual([[0x02], [0x05]]);
  });

  test('sends the bytes of facts E4', async () => {
    const { apply, channel } = connected();
    await apply({ sidetoneLevel: -9 });
    expect([...(channel.sent[1]?.report.subarray(0, 10) ?? [])]).toEqual([
      ...annotated(`
        05  report id
        08  to a headset on its cable
        00  from the PC
        01  sequence: the read before was 0
        88  write, length 8
        13  config
        7C  sidetone
        01  muted, as it was read
        F7  -9 dB
        00  padding
      `),
    ]);
  });

  test('writes nothing that the device holds already', async () => {
    const { apply, exchanges } = connected();
    expect(await apply({ voiceGuidance: 'voice', autoPowerOffMinutes: 60 })).toEqual(
      new Map<SettingKey, unknown>([
        ['voiceGuidance', { status: 'unchanged', value: 'voice' }],
        ['autoPowerOffMinutes', { status: 'unchanged', value: 60 }],
      ]),
    );
    expect(exchanges()).toEqual(['R 3A', 'R 90']);
  });

  test('of a shared message leaves the other value as it is', async () => {
    const level = connected();
    expect(await level.apply({ sidetoneLevel: 6 })).toEqual(new Map([['sidetoneLevel', { status: 'written', value: 6 }]]));
    expect(level.exchanges()).toEqual(['R 7C', 'W 7C 01 06', 'R 7C']);
    const enabled = connected({ registers: [[sidetone, [0x01, 0xfa]]] });
    await enabled.apply({ sidetoneEnabled: true });
    expect(enabled.writes()).toEqual(['W 7C 00 FA']);
  });

  test('of a shared message writes both at once, and says which one was new', async () => {
    const { apply, writes } = connected();
    expect(await apply({ sidetoneLevel: 3, sidetoneEnabled: false })).toEqual(
      new Map<SettingKey, unknown>([
        ['sidetoneEnabled', { status: 'unchanged', value: false }],
        ['sidetoneLevel', { status: 'written', value: 3 }],
      ]),
    );
    expect(writes()).toEqual(['W 7C 01 03']);
  });

  test('of a shared message leaves a level that the contract doesn’t have, and bytes of newer firmware', async () => {
    const { apply, writes } = connected({ registers: [[sidetone, [0x01, 0x04, 0xaa, 0xbb]]] });
    await apply({ sidetoneEnabled: true });
    expect(writes()).toEqual(['W 7C 00 04 AA BB']);
  });

  test('replaces a value that it has no name for', async () => {
    const { apply, writes } = connected({ registers: [[guidance, [0x07]]] });
    expect((await apply({ voiceGuidance: 'tones' })).get('voiceGuidance')).toEqual({ status: 'written', value: 'tones' });
    expect(writes()).toEqual(['W 3A 00']);
  });

  test('ignores what the device doesn’t have', async () => {
    const { apply, exchanges } = connected({ keys: ['voiceGuidance'] });
    expect(await apply({ ancMode: 'off', sidetoneLevel: 3 })).toEqual(new Map());
    expect(exchanges()).toEqual([]);
  });

  test('sends no value that is none of the setting, and applies the others', async () => {
    const { apply, writes } = connected();
    const outcomes = await apply({
      sidetoneLevel: 5,
      sidetoneEnabled: true,
      autoPowerOffMinutes: 7,
      voiceGuidance: true,
      audioProtection: 'toString',
    });
    expect([...outcomes].map(([key, outcome]) => [key, outcome.status])).toEqual([
      ['sidetoneLevel', 'refused'],
      ['sidetoneEnabled', 'written'],
      ['audioProtection', 'refused'],
      ['voiceGuidance', 'refused'],
      ['autoPowerOffMinutes', 'refused'],
    ]);
    expect(outcomes.get('sidetoneLevel')).toMatchObject({
      error: { name: 'DecodeError', message: 'sidetoneLevel must be one of -9, -6, -3, 0, 3, 6 dB' },
      value: null,
    });
    expect(writes()).toEqual(['W 7C 00 00']);
  });
});

describe('a write whose acknowledgement is lost', () => {
  test('is not repeated where the value arrived', async () => {
    const { apply, exchanges, clock } = connected({ whim: (packet) => (isWrite(packet) ? 'silent' : undefined) });
    expect(await apply({ voiceGuidance: 'off' })).toEqual(new Map([['voiceGuidance', { status: 'written', value: 'off' }]]));
    expect(exchanges()).toEqual(['R 3A', 'W 3A 02', 'R 3A']);
    expect(clock.monotonic()).toBe(1000);
  });

  test('is repeated where it didn’t, each time after asking, three times at most', async () => {
    const { apply, exchanges } = connected({ whim: (packet) => (isWrite(packet) ? 'deaf' : undefined) });
    expect((await apply({ voiceGuidance: 'off' })).get('voiceGuidance')).toMatchObject({
      status: 'refused',
      error: { code: 'timeout' },
      value: 'voice',
    });
    expect(exchanges()).toEqual(['R 3A', 'W 3A 02', 'R 3A', 'W 3A 02', 'R 3A', 'W 3A 02', 'R 3A']);
  });

  test('is repeated once where the second one arrives', async () => {
    let heard = 0;
    const { apply, writes } = connected({ whim: (packet) => (isWrite(packet) && (heard += 1) === 1 ? 'deaf' : undefined) });
    expect((await apply({ voiceGuidance: 'off' })).get('voiceGuidance')).toEqual({ status: 'written', value: 'off' });
    expect(writes()).toHaveLength(2);
  });

  test('merges into what the device holds by then', async () => {
    const { apply, writes, registers } = connected({
      whim: (packet) => {
        if (!isWrite(packet) || registers.get(sidetone)?.[1] !== 0x00) return undefined;
        // A person turns the level up on the headset while the first write is lost.
        registers.set(sidetone, [0x01, 0x06]);
        return 'deaf';
      },
    });
    await apply({ sidetoneEnabled: true });
    expect(writes()).toEqual(['W 7C 00 00', 'W 7C 00 06']);
  });
});

describe('a device that', () => {
  test('refuses a write keeps its value, and says why', async () => {
    const { apply, exchanges } = connected({ whim: (packet) => (isWrite(packet) ? { nack: 0xf0 } : undefined) });
    expect((await apply({ voiceGuidance: 'off' })).get('voiceGuidance')).toMatchObject({
      status: 'refused',
      error: { code: 'rejected', reason: 'other' },
      value: 'voice',
    });
    expect(exchanges()).toEqual(['R 3A', 'W 3A 02']);
  });

  test('doesn’t know the setting is not written to', async () => {
    const { apply, exchanges } = connected({ registers: [] });
    expect((await apply({ voiceGuidance: 'off' })).get('voiceGuidance')).toMatchObject({
      status: 'refused',
      error: { code: 'rejected', reason: 'unknown-subcommand' },
      value: null,
    });
    expect(exchanges()).toEqual(['R 3A']);
  });

  test('acknowledges and does nothing is found out', async () => {
    const { channel, apply, writes } = connected();
    const answer = channel.onWrite;
    channel.onWrite = (packet) => {
      answer(isWrite(packet) ? { ...packet, payload: Uint8Array.of(0x01) } : packet);
    };
    const outcome = (await apply({ voiceGuidance: 'off' })).get('voiceGuidance');
    expect(outcome).toMatchObject({ status: 'refused', value: 'voice', error: { code: 'rejected', message: 'the device kept voice' } });
    expect(writes()).toEqual(['W 3A 02']);
  });

  test('doesn’t answer is not written to', async () => {
    const { apply, writes } = connected({ whim: () => 'deaf' });
    expect((await apply({ voiceGuidance: 'off' })).get('voiceGuidance')).toMatchObject({
      status: 'refused',
      error: { code: 'timeout' },
      value: null,
    });
    expect(writes()).toEqual([]);
  });

  test('falls silent after a write holds nobody knows what', async () => {
    let written = false;
    const { apply } = connected({
      whim: (packet) => {
        const silent = written;
        written ||= isWrite(packet);
        return silent ? 'deaf' : undefined;
      },
    });
    expect((await apply({ sidetoneLevel: 3 })).get('sidetoneLevel')).toMatchObject({ status: 'refused', error: { code: 'timeout' }, value: null });
  });

  test.each([
    ['before anything is written', 'R'],
    ['in the middle of a write', 'W'],
  ])('is unplugged %s ends the work', async (_, at) => {
    const device: ReturnType<typeof connected> = connected({
      whim: (packet) => {
        if (!exchangeOf(packet).startsWith(at)) return undefined;
        device.channel.fail('unplugged');
        return 'deaf';
      },
    });
    await expect(device.apply({ voiceGuidance: 'off', autoPowerOffMinutes: 0 })).rejects.toMatchObject({ code: 'disconnected' });
    expect(device.exchanges().at(-1)).toBe(at === 'R' ? 'R 3A' : 'W 3A 02');
  });

  test('is no longer of interest is left alone', async () => {
    const cancel = new CancelSource();
    const { apply, exchanges } = connected({
      whim: (packet) => {
        if (isWrite(packet)) cancel.cancel();
        return undefined;
      },
    });
    await expect(apply({ voiceGuidance: 'off', autoPowerOffMinutes: 0 }, cancel)).rejects.toMatchObject({ code: 'cancelled' });
    expect(exchanges()).toEqual(['R 3A', 'W 3A 02']);
  });
});

describe('what a device announces', () => {
  const announcement = (subcommand: number, payload: readonly number[], source = headset) =>
    decodePacket(eventFrom(source, 0x13, subcommand, payload));

  test('is the values of the message', () => {
    const { settings } = connected();
    expect(settings.announced(announcement(0x7c, [0x00, 0xf7]))).toEqual({ sidetoneEnabled: true, sidetoneLevel: -9 });
    expect(settings.announced(announcement(0x3a, [0x02]))).toEqual({ voiceGuidance: 'off' });
  });

  test('is only what the family has, and what has a name', () => {
    const { settings } = connected({ keys: ['sidetoneLevel', 'voiceGuidance'] });
    expect(settings.announced(announcement(0x7c, [0x00, 0x06]))).toEqual({ sidetoneLevel: 6 });
    expect(settings.announced(announcement(0x3a, [0x09]))).toEqual({});
  });

  test('is nothing from another address, of another message, or where it was cut', () => {
    const { settings } = connected();
    expect(settings.announced(announcement(0x3a, [0x02], 4))).toBeNull();
    expect(settings.announced(announcement(0x3b, [0x02]))).toBeNull();
    expect(settings.announced(announcement(0x7c, [0x02]))).toBeNull();
  });
});

describe('operators’ mappings that share a message', () => {
  const mapping = (setting: SettingKey, offset: number): OperatorMapping => ({
    setting,
    productIds: [],
    firmware: null,
    command: 0x13,
    subcommand: 0x44,
    offset,
    encoding: { type: 'boolean' },
    verified: 'in a test',
  });
  const wires = [operatorWire(mapping('buttonSounds', 1)), operatorWire(mapping('inCallBusylight', 3))];
  const keys: readonly SettingKey[] = ['buttonSounds', 'inCallBusylight'];
  const held = [[0x1344, [0xaa, 0x00, 0xbb, 0x00, 0xcc]]] as const;

  test('write their own bytes and leave all others', async () => {
    const { apply, writes } = connected({ wires, keys, registers: held });
    const outcomes = await apply({ buttonSounds: true, inCallBusylight: true });
    expect([...outcomes.values()].map(({ status }) => status)).toEqual(['written', 'written']);
    expect(writes()).toEqual(['W 44 AA 01 BB 00 CC', 'W 44 AA 01 BB 01 CC']);
  });

  test('are all heard when it is announced', () => {
    const { settings } = connected({ wires, keys });
    expect(settings.announced(decodePacket(eventFrom(headset, 0x13, 0x44, [0xaa, 0x01, 0xbb, 0x00, 0xcc])))).toEqual({
      buttonSounds: true,
      inCallBusylight: false,
    });
  });
});
