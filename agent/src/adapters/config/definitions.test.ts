import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operatorWire, settingKeys, settingProblem } from '@jpd/protocol';
import { expect, test } from 'vitest';

import { loadDefinitions, parseDefinitions, type SettingRules } from './definitions.ts';

const values = {
  ringerVolume: ['off', 'low', 'high'],
  inCallBusylight: [true, false],
  muteReminderSeconds: [0, 10, 20, 30],
  ancLevel: [1, 2, 3],
} as const;
type Key = keyof typeof values;
const rules: SettingRules<Key> = {
  keys: ['ringerVolume', 'inCallBusylight', 'muteReminderSeconds', 'ancLevel'],
  problem: (key, value) => ((values[key] as readonly unknown[]).includes(value) ? null : `${key} can't be ${String(value)}`),
};

const verified = { by: 'A. Admin', on: '2026-10-01', evidence: 'recording 12, byte 7' };
const busylight = {
  setting: 'inCallBusylight',
  productIds: ['0x24da', 9435],
  command: '0x13',
  subcommand: '0x55',
  encoding: { type: 'boolean' },
  verified,
};
const ringer = { ...busylight, setting: 'ringerVolume', subcommand: 8, encoding: { type: 'enum', values: { off: 0, low: 1, high: '0x0a' } } };

const file = (...mappings: readonly unknown[]) => ({ schema: 'definitions/1', iVerifiedTheseOnMyOwnHardware: true, mappings });
const parse = (document: unknown) => parseDefinitions(document, 'file d.json', rules);
function problems(document: unknown): readonly string[] {
  const parsed = parse(document);
  return parsed.ok ? [] : parsed.problems.map(({ message }) => message);
}

test('mappings come out plain, with numbers for hexadecimal texts', () => {
  const integer = {
    ...busylight,
    setting: 'muteReminderSeconds',
    subcommand: 9,
    offset: 2,
    firmware: { from: '1.8.0' },
    encoding: { type: 'integer', bytes: 2, signed: false, scale: 10 },
  };
  expect(parse(file(busylight, ringer, integer))).toEqual({
    ok: true,
    mappings: [
      {
        setting: 'inCallBusylight',
        productIds: [0x24da, 0x24db],
        firmware: null,
        command: 0x13,
        subcommand: 0x55,
        offset: 0,
        encoding: { type: 'boolean' },
        verified: 'verified by A. Admin on 2026-10-01: recording 12, byte 7',
      },
      expect.objectContaining({ setting: 'ringerVolume', encoding: { type: 'enum', values: { off: 0, low: 1, high: 10 } } }),
      expect.objectContaining({
        offset: 2,
        firmware: { from: '1.8.0', to: null },
        encoding: { type: 'integer', bytes: 2, signed: false, scale: 10 },
      }),
    ],
  });
});

test.each([undefined, false, 'true', 1])('without the operator’s word (%j) nothing is used', (iVerifiedTheseOnMyOwnHardware) => {
  const [message] = problems({ ...file(busylight), iVerifiedTheseOnMyOwnHardware });
  expect(message).toContain('iVerifiedTheseOnMyOwnHardware (file d.json)');
  expect(message).toContain('must be true: the agent writes these bytes to devices on your word alone');
});

test.each([
  [0x07, '0x07 is firmware'],
  [0x0f, '0x0f is firmware'],
  [0x0c, '0x0c is Bluetooth'],
  [0x0d, '0x0d is Bluetooth pairing'],
  [0x12, '0x12 is status'],
  [0xfe, '0xfe is the refusal'],
  ['0xFF', '0xff is the acknowledgement'],
  [0x55, '0x55 is not known to hold settings'],
])('command %s is refused with the reason', (command, reason) => {
  const found = problems(file({ ...busylight, command }));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain('mappings[0].command (file d.json) must be 0x13, the group of settings');
  expect(found[0]).toContain(reason);
});

test.each<[Readonly<Record<string, unknown>>, string]>([
  [{ setting: 'ringerVolum' }, 'mappings[0].setting (file d.json) is no setting that can be mapped; the nearest known name is ringerVolume'],
  [{ setting: 'soundMode' }, 'is no setting that can be mapped'],
  [{ productIds: [] }, 'must name at least one product id'],
  [{ productIds: ['24da'] }, 'mappings[0].productIds[0] (file d.json) must be a whole number from 0 to 65535, or hexadecimal in quotes'],
  [{ productIds: ['0x10000'] }, 'mappings[0].productIds[0]'],
  [{ subcommand: 256 }, 'must be a whole number from 0 to 255'],
  [{ subcommand: undefined }, 'mappings[0].subcommand (file d.json) is missing'],
  [{ offset: -1 }, 'must be at least 0'],
  [{ offset: 57 }, 'must be less than 57'],
  [{ offset: 56, setting: 'ancLevel', encoding: { type: 'integer', bytes: 2, signed: false, scale: 1 } }, 'leaves no room'],
  [{ encoding: { type: 'text' } }, 'one of boolean, enum, integer'],
  [{ encoding: { type: 'boolean', scale: 1 } }, 'mappings[0].encoding.scale (file d.json) is not known'],
  [{ encoding: { type: 'integer', bytes: 3, signed: false, scale: 1 } }, 'must be 1 or 2'],
  [{ encoding: { type: 'integer', bytes: 1, signed: false, scale: 0 } }, 'must be at least 1'],
  [{ setting: 'ringerVolume', encoding: { type: 'enum', values: { off: 0, low: 0 } } }, 'must not give two values the same number'],
  [{ setting: 'ringerVolume', encoding: { type: 'enum', values: { off: 0 } } }, 'at least two values'],
  [{ setting: 'ringerVolume', encoding: { type: 'enum', values: { off: 0, loud: 1 } } }, "does not fit: ringerVolume can't be loud"],
  [{ setting: 'ringerVolume', encoding: { type: 'boolean' } }, 'does not fit'],
  [{ setting: 'ancLevel', encoding: { type: 'integer', bytes: 1, signed: false, scale: 10 } }, 'does not fit'],
  [{ firmware: {} }, 'must have "from", "to" or both'],
  [{ firmware: { from: '1.8' } }, 'must be a version such as'],
  [{ firmware: { from: '1.10.0', to: '1.9.9' } }, 'has a "from" that is later than its "to"'],
  [{ verified: { ...verified, on: '2026-02-30' } }, 'must be a date as YYYY-MM-DD'],
  [{ verified: { ...verified, by: ' ' } }, 'mappings[0].verified.by (file d.json) must not be empty'],
  [{ verified: undefined }, 'mappings[0].verified (file d.json) is missing'],
  [{ subcomand: 1 }, 'mappings[0].subcomand (file d.json) is not known: remove it, or correct its name; the nearest known name is subcommand'],
])('%j is one problem', (change, message) => {
  const found = problems(file({ ...busylight, ...change }));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
});

test('a later mapping may not contradict an earlier one', () => {
  expect(problems(file(busylight, { ...busylight, subcommand: 0x60 }))).toEqual([
    expect.stringContaining('mappings[1] (file d.json) maps a setting that an earlier'),
  ]);
  const sameByte = { ...ringer, subcommand: busylight.subcommand };
  expect(problems(file(busylight, sameByte))).toEqual([expect.stringContaining('uses bytes that an earlier mapping uses')]);
});

test('settings may share a message in bytes of their own, and products or firmware of their own are no contradiction', () => {
  const sameMessage = { ...ringer, subcommand: busylight.subcommand, offset: 1 };
  const otherProduct = { ...busylight, productIds: ['0x1111'], subcommand: 0x60 };
  expect(problems(file(busylight, sameMessage, otherProduct))).toEqual([]);
  const older = { ...busylight, firmware: { to: '1.9.99' } };
  const newer = { ...busylight, firmware: { from: '1.10.0' }, subcommand: 0x60 };
  expect(problems(file(older, newer))).toEqual([]);
});

test('a file of another schema or shape is a problem', () => {
  expect(problems([])).toEqual(['file d.json must contain a JSON object in braces']);
  expect(problems({ ...file(), schema: 'definitions/2' })).toEqual(['schema (file d.json) must be "definitions/1"']);
  expect(problems({ ...file(), mappings: [1] })).toEqual(['mappings[0] (file d.json) must be an object in braces']);
  expect(problems({ ...file(), maping: 1 })).toEqual([expect.stringContaining('the nearest known name is mappings')]);
});

test('a file is read from the disk, and its absence or broken syntax is a problem', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jabra-definitions-'));
  try {
    const name = join(folder, 'd.json');
    expect(await loadDefinitions(name, rules)).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('does not exist') }] });
    await writeFile(name, '{ "command": 0x13 }');
    expect(await loadDefinitions(name, rules)).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('line 1, column 15') }] });
    await writeFile(name, JSON.stringify(file(busylight)));
    expect(await loadDefinitions(name, rules)).toMatchObject({ ok: true, mappings: [{ setting: 'inCallBusylight' }] });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what comes out is what the protocol library takes, under its own rules', () => {
  const parsed = parseDefinitions(file(busylight, { ...ringer, setting: 'buttonSounds', encoding: { type: 'boolean' } }), 'file d.json', {
    keys: settingKeys,
    problem: settingProblem,
  });
  const wires = parsed.ok ? parsed.mappings.map(operatorWire) : [];
  expect(wires.map(({ keys }) => keys)).toEqual([['inCallBusylight'], ['buttonSounds']]);
  expect(wires[0]?.message).toMatchObject({ command: 0x13, subcommand: 0x55 });
});

test('a setting that is never offered cannot be mapped', () => {
  expect(
    parseDefinitions(file({ ...busylight, setting: 'spatialSound' }), 'file d.json', { keys: settingKeys, problem: settingProblem }),
  ).toMatchObject({ ok: false });
});
