import { describe, expect, it } from 'vitest';

import { payloadExamples } from './examples.ts';
import { parsePayload } from './payload.ts';
import type { TopicKind } from './topic-rules.ts';

/** The example of a kind with one field, named by its path, set to a value. */
function withField(kind: TopicKind, path: string, value: unknown): Uint8Array {
  const copy = structuredClone(payloadExamples[kind]) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const holder = keys.slice(0, -1).reduce((inner, key) => inner[key] as Record<string, unknown>, copy);
  holder[keys.at(-1) ?? ''] = value;
  return new TextEncoder().encode(JSON.stringify(copy));
}

/** Written by hand from the contract's text, so that a slip in a tuple shows. */
const words: readonly (readonly [TopicKind, string, string])[] = [
  ['presence', 'state', 'online offline'],
  ['presence', 'reason', 'connected shutdown connection-lost sleep revoked'],
  ['client', 'mode', 'personal room'],
  ['devices', 'model.formFactor', 'headset speakerphone dongle base video-bar controller'],
  ['devices', 'connection.status', 'connected disconnected'],
  ['devices', 'connection.transport', 'usb bluetooth dongle'],
  ['devices', 'settings.state', 'pending-login pending-device failed in-sync'],
  ['results', 'status', 'accepted running succeeded failed rejected expired'],
  ['policy', 'applySettings', 'next-login immediately'],
  ['policy', 'endUserSettings', 'allowed hidden'],
  ['policy', 'logLevel', 'error warn info debug'],
  ['desired', 'source.kind', 'standard exception configuration device'],
  ['desired', 'firmware.management', 'managed unmanaged'],
  ['commands', 'type', 'refresh reboot-device identify-device update-firmware collect-diagnostics forget-device'],
];

describe.each(words)('%s.%s', (kind, path, list) => {
  it.each(list.split(' '))('may be %s', (word) => {
    expect(parsePayload(kind, withField(kind, path, word))).toMatchObject({ ok: true });
  });

  // A command type is open (contract 4): an unknown one is answered, not refused.
  it.each(kind === 'commands' ? [] : ['', 'other', ` ${list.split(' ')[0]}`, list.toUpperCase(), null])('may not be %j', (word) => {
    expect(parsePayload(kind, withField(kind, path, word))).toEqual({ ok: false, problems: [expect.stringMatching(`^${path} must be one of `)] });
  });
});

const settingErrors = (code: string): unknown => [{ key: 'sidetoneLevel', code, message: 'm' }];

describe('a setting that failed', () => {
  it.each('unknown-setting invalid-value not-supported device-timeout device-rejected firmware-unsupported lock-contested'.split(' '))(
    'may name %s',
    (code) => {
      expect(parsePayload('devices', withField('devices', 'settings.errors', settingErrors(code)))).toMatchObject({ ok: true });
    },
  );

  it('may name nothing else', () => {
    expect(parsePayload('devices', withField('devices', 'settings.errors', settingErrors('broken')))).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^settings\.errors\[0\]\.code must be one of /)],
    });
  });
});

const accepted: readonly (readonly [TopicKind, string, readonly unknown[]])[] = [
  ['policy', 'revision', [0, 1, 1_795_334_400_000, Number.MAX_SAFE_INTEGER]],
  ['devices', 'battery', [null]],
  ['devices', 'battery.level', [null, 0, 100]],
  ['devices', 'electronicSerialNumber', [null]],
  ['devices', 'model.dfuProductId', [null, 0, 65_535]],
  ['devices', 'connection.parentDeviceId', [null, '24c7-50c275000001']],
  ['devices', 'settings.desiredRevision', [null, 0]],
  ['devices', 'settings.appliedRevision', [null, 0]],
  ['devices', 'settings.values', [{}, { a: 'text', b: -9, c: 0.5, d: false, 'a key of another version': '' }]],
  ['client', 'metadata.location.latitude', [-90, 90]],
  ['client', 'metadata.computer.ipAddresses', [[]]],
  ['policy', 'postponeLimit', [0, 10]],
  ['policy', 'updateWindow.start', ['00:00', '09:59', '19:05', '23:59']],
  ['policy', 'updateWindow.days', [[], ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']]],
  ['desired', 'settings', [{}, { x: { value: 'tones', locked: false }, y: { value: true, locked: true } }]],
  ['desired', 'firmware', [{ management: 'unmanaged' }, { management: 'managed', version: '1.0.0' }]],
  ['desired', 'firmware', [{ management: 'unmanaged', unsupportedVersions: [] }]],
  ['results', 'progress', [0, 12.5, 100]],
  ['results', 'data', [null, 'x', 1, [], {}]],
  ['commands', 'type', ['a-command-of-a-later-version']],
  ['commands', 'params', [{}, { deep: [{ er: null }] }]],
  ['acks', 'ids', [[], Array.from({ length: 500 }, (_, index) => `id-${index}`)]],
];

describe.each(accepted)('%s.%s', (kind, path, values) => {
  it.each(values.map((value) => [JSON.stringify(value).slice(0, 60), value]))('may be %s', (_text, value) => {
    expect(parsePayload(kind, withField(kind, path, value))).toMatchObject({ ok: true });
  });
});

const badIds = ['', 'a b', 'a/b', 'ä', 'x'.repeat(65), 7, null];
const refused: readonly (readonly [TopicKind, string, readonly unknown[]])[] = [
  ['presence', 'sessionId', ['', 'not-a-uuid', 'x'.repeat(36), null]],
  ['events', 'id', ['', 'id-1', '5d8e3c529d6a4a768a3f0c6f1d1b2a10']],
  ['client', 'clientId', badIds],
  ['client', 'loginSessionId', badIds],
  ['devices', 'deviceId', badIds],
  ['events', 'deviceId', badIds],
  ['results', 'commandId', badIds],
  ['desired', 'source.id', badIds],
  ['commands', 'id', badIds],
  ['commands', 'deviceId', badIds],
  ['acks', 'ids', [['a b'], [null], 'x', {}, Array.from({ length: 501 }, (_, index) => `id-${index}`)]],
  ['policy', 'revision', [-1, 0.5, 2 ** 53, '1', null]],
  ['desired', 'revision', [-1, 0.5, 2 ** 53, '1', null]],
  ['devices', 'revision', [-1, 0.5, 2 ** 53, '1', null]],
  ['devices', 'battery.level', [-1, 101, 50.5, '50']],
  ['devices', 'model.productId', [-1, 65_536, '24da', null]],
  ['devices', 'settings.values', [{ a: null }, { a: [] }, { a: {} }, []]],
  ['client', 'startedAt', ['2026-11-22', 'now', 0]],
  ['client', 'metadata.userName', ['', null]],
  ['client', 'metadata.location.latitude', [-90.1, 90.1, null]],
  ['client', 'metadata.location.longitude', [-180.1, 180.1]],
  ['client', 'metadata.location.accuracyMetres', [-1]],
  ['policy', 'postponeLimit', [-1, 1.5, null]],
  ['policy', 'postponeHours', [0, -1, null]],
  ['policy', 'updateWindow', [null, '22:00-05:00', { start: '22:00' }]],
  ['policy', 'updateWindow.start', ['24:00', '7:00', '07:60', '07:00:00', '']],
  ['policy', 'updateWindow.days', [['monday'], ['Mon'], 'mon', [1]]],
  ['policy', 'metadata.userName', ['true', 1, null]],
  ['desired', 'settings', [[], null, { x: 3 }, { x: { value: 3 } }, { x: { value: null, locked: true } }, { x: { value: [3], locked: true } }]],
  ['desired', 'firmware', [null, {}, { management: 'managed' }, { management: 'managed', version: '' }]],
  ['desired', 'firmware.package.sha256', ['', 'a'.repeat(63), 'a'.repeat(65), 'g'.repeat(64)]],
  ['desired', 'firmware.package.size', [0, -1, 1.5, '4194304']],
  ['results', 'progress', [-1, 101, '50']],
  ['commands', 'type', ['', null, 1]],
  ['commands', 'params', [null, [], 'x']],
  ['commands', 'expiresAt', ['later', '2026-11-22T08:10:00.000+02:00']],
];

describe.each(refused)('%s.%s', (kind, path, values) => {
  it.each(values.map((value) => [JSON.stringify(value).slice(0, 60), value]))('may not be %s', (_text, value) => {
    expect(parsePayload(kind, withField(kind, path, value))).toMatchObject({ ok: false, problems: [expect.stringMatching(`^${path}`)] });
  });
});

describe('a policy', () => {
  it('has 24 hours and a quit entry where it says nothing about them', () => {
    const { postponeHours, allowQuit, ...rest } = payloadExamples.policy;
    expect([postponeHours, allowQuit]).toEqual([24, true]);
    expect(parsePayload('policy', new TextEncoder().encode(JSON.stringify(rest)))).toEqual({ ok: true, value: payloadExamples.policy });
  });
});

describe('a firmware package', () => {
  it('has its hash in lower case once it was read', () => {
    const parsed = parsePayload('desired', withField('desired', 'firmware.package.sha256', 'AB'.repeat(32)));
    expect(parsed).toMatchObject({ value: { firmware: { package: { sha256: 'ab'.repeat(32) } } } });
  });
});
