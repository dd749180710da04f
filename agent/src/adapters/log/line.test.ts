import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { LogFields } from '../../ports/log.ts';
import { consoleText, jsonText, logLine } from './line.ts';
import { SecretFilter } from './secrets.ts';

const token = 'tok-9f8e7d6c5b4a';
const filter = new SecretFilter([token]);
const lineOf = (message: string, fields: LogFields = {}) => logLine({ time: 0, level: 'warn', component: 'mqtt', message, fields }, filter);
const fieldsOf = (fields: LogFields) => lineOf('m', fields).fields;

test('a line in the file is one JSON object, on the console one readable line', () => {
  const line = lineOf('connected', { url: 'wss://h', attempt: 2 });
  expect(jsonText(line)).toBe(
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","component":"mqtt","message":"connected","url":"wss://h","attempt":2}',
  );
  expect(consoleText(line)).toBe('1970-01-01T00:00:00.000Z WARN mqtt: connected {"url":"wss://h","attempt":2}');
});

test('a field cannot take the place of the line’s own', () => {
  expect(JSON.parse(jsonText(lineOf('m', { level: 'x', time: 'y', message: 'z' })))).toMatchObject({
    level: 'warn',
    message: 'm',
    level_: 'x',
    time_: 'y',
    message_: 'z',
  });
});

test('no message can forge a line or drive the terminal', () => {
  expect(consoleText(lineOf('a\nb\r\u001b[31mc\u0085d', { f: 'e\u001b\u0085' }))).not.toMatch(/\p{Cc}/u);
});

test.each([
  'enrollmentToken',
  'password',
  'clientSecret',
  'Authorization',
  'x-api-key',
  'private_key',
  'Set-Cookie',
  'PASSPHRASE',
  'pwd',
  'urlSignature',
])('the field %s is redacted at any depth and whatever it holds', (name) => {
  expect(fieldsOf({ [name]: 'a', deep: [{ [name]: { inner: 'b' } }], number: { [name]: 1234 } })).toEqual({
    [name]: '[redacted]',
    deep: [{ [name]: '[redacted]' }],
    number: { [name]: '[redacted]' },
  });
});

test('whether there is a token may be said, and names that only look alike are left alone', () => {
  const fields = { token: null, tokenExpired: true, key: 'sidetoneLevel', keyFile: '/k.pem', author: 'x', passed: 3 };
  expect(fieldsOf({ ...fields, passed: 3 })).toEqual(fields);
});

test('a registered secret is found in names, texts, errors, their causes, maps, sets, addresses and bytes', () => {
  const cause = Object.assign(new Error(`refused ${token}`), { response: { headers: { h: token } } });
  const fields = {
    [`header ${token}`]: 1,
    text: `x${token}x`,
    error: new Error(`failed with ${token}`, { cause }),
    several: new AggregateError([new Error(token)], token),
    map: new Map([[token, token]]),
    set: new Set([token]),
    url: new URL(`https://h/?q=${token}`),
    bytes: Buffer.from(`\u0000${token}`),
    base64: Buffer.from(`u:${token}`).toString('base64'),
  };
  const text = jsonText(lineOf(`message ${token}`, fields));
  expect(text).not.toContain(token);
  expect(text).not.toContain(Buffer.from(token).toString('hex'));
  expect(text).not.toContain(Buffer.from(token).toString('base64').slice(2, -4));
  expect(JSON.parse(text)).toMatchObject({
    error: { name: 'Error', message: 'failed with [redacted]', cause: { message: 'refused [redacted]' } },
    bytes: '[redacted]',
  });
});

test('any structure with the secret planted in its values comes out without it', () => {
  const planted = fc.object({
    maxDepth: 8,
    values: [fc.integer(), fc.string().map((text) => text + token), fc.constant(Buffer.from(token)), fc.constant(new Error(token))],
  });
  fc.assert(
    fc.property(planted, (value) => {
      expect(jsonText(lineOf('m', { value }))).not.toContain(token);
    }),
  );
});

test('circles, depth, length and number are bounded', () => {
  const circle: Record<string, unknown> = { name: 'x' };
  circle['self'] = circle;
  let deep: unknown = 'bottom';
  for (let level = 0; level < 50; level++) deep = { deep };
  const fields = fieldsOf({
    circle,
    deep,
    long: 'x'.repeat(100_000),
    list: Array.from({ length: 1000 }, (_, index) => index),
    bytes: new Uint8Array(1000),
  });
  expect(fields['circle']).toEqual({ name: 'x', self: '[circular]' });
  expect(JSON.stringify(fields['deep'])).toContain('[too deep]');
  expect(fields['long']).toMatch(/^x{4000}… \(100000 characters\)$/);
  expect(fields['list']).toHaveLength(101);
  expect(fields['bytes']).toBe(`${'00'.repeat(64)}… (1000 bytes)`);
});

test('the same object twice is no circle', () => {
  const shared = { a: 1 };
  expect(fieldsOf({ left: shared, right: shared })).toEqual({ left: { a: 1 }, right: { a: 1 } });
});

test('a line is bounded: fields that have no room are named', () => {
  const fields = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, 'x'.repeat(4000)]));
  const line = lineOf('y'.repeat(100_000), fields);
  expect(jsonText(line).length).toBeLessThan(45_000);
  expect(line.fields['leftOut']).toContain('f49');
  expect(line.fields['f0']).toBeDefined();
});

test('what cannot be read or said in JSON is marked, and nothing throws', () => {
  const trap = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no');
      },
    },
  );
  const getter = {
    get bad(): string {
      throw new Error('no');
    },
  };
  expect(
    fieldsOf({
      trap,
      getter,
      big: 5n,
      nan: Number.NaN,
      fn: () => 1,
      symbol: Symbol('s'),
      date: new Date(0),
      badDate: new Date(Number.NaN),
      gone: undefined,
    }),
  ).toEqual({
    trap: '[unreadable]',
    getter: '[unreadable]',
    big: '5',
    nan: 'NaN',
    fn: '[function]',
    symbol: '[symbol]',
    date: '1970-01-01T00:00:00.000Z',
    badDate: 'Invalid Date',
    gone: null,
  });
  expect(JSON.stringify(lineOf('m', trap).fields)).toBe('{"fields":"[unreadable]"}');
});

test('a field called __proto__ is a field', () => {
  const fields: LogFields = JSON.parse('{"__proto__": {"polluted": true}}');
  expect(jsonText(lineOf('m', fields))).toContain('"__proto__":{"polluted":true}');
});

test('any value at all makes a line of valid JSON', () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true }),
      fc.string(),
      (value, message) => {
        expect(JSON.parse(jsonText(lineOf(message, { value })))).toHaveProperty('value');
      },
    ),
  );
});
