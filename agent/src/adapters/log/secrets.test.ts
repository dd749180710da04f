import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SecretFilter } from './secrets.ts';

const token = 'tok-9f8e7d6c+5b/4a"ü';
const filter = new SecretFilter([token]);
const clean = (text: string) => filter.clean(text, 10_000);
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['as it is', token],
  ['in JSON in a text', JSON.stringify({ a: token })],
  ['percent-encoded', encodeURIComponent(token)],
  ['in base64', base64(token)],
  ['in base64 after a user name', base64(`acme:${token}`)],
  ['in base64 after another user name', base64(`acme1:${token}:rest`)],
  ['in base64 after a third', base64(`acme12:${token}:rest of it`)],
  ['in base64url', Buffer.from(`u:${token}`).toString('base64url')],
  ['in hexadecimal', Buffer.from(`x${token}`).toString('hex')],
  ['in upper-case hexadecimal', Buffer.from(token).toString('hex').toUpperCase()],
])('a registered secret is taken out %s', (_name, text) => {
  expect(clean(`before ${text} after`)).toMatch(/^before .{0,20}\[redacted\].{0,25} after$/);
});

test('whatever stands before a secret, its base64 reveals no more than the characters shared with its neighbours', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12, maxLength: 40 }), fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (secret, before, after) => {
      const encoded = base64(before + secret + after);
      const left = new SecretFilter([secret]).clean(encoded, 10_000);
      expect(left).toContain('[redacted]');
      const shared = left.replaceAll('[redacted]', '').length;
      expect(shared).toBeLessThanOrEqual(base64(before).length + base64(after).length + 8);
    }),
  );
});

test.each([
  ['mqtts://acme:hunter2@platform.example/x', 'mqtts://[redacted]@platform.example/x'],
  ['mqtts://acme:hun@ter2@platform.example', 'mqtts://[redacted]@platform.example'],
  ['https://user@host and http://a:b@c', 'https://[redacted]@host and http://[redacted]@c'],
  ['GET https://h/p?a=1&upload_token=hunter2&b=2', 'GET https://h/p?a=1&upload_token=[redacted]&b=2'],
  ['https://h/p?X-Amz-Signature=hunter2#f', 'https://h/p?X-Amz-Signature=[redacted]#f'],
  ['https://h/p?sig=hunter2&se=1', 'https://h/p?sig=[redacted]&se=1'],
  ['Authorization: Bearer hunter2hunter2hunter2', 'Authorization: Bearer [redacted]'],
  ['{"enrollmentToken":"hunter2"}', '{"enrollmentToken":"[redacted]"}'],
  ['"{\\"password\\": \\"hunter2\\"}"', '"{\\"password\\": \\"[redacted]\\"}"'],
  ['login with password=hunter2, then', 'login with password=[redacted], then'],
  ['MQTT_PASSWORD = hunter2', 'MQTT_PASSWORD = [redacted]'],
  ['-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----.', '-----BEGIN RSA PRIVATE KEY-----[redacted].'],
  ['-----BEGIN PRIVATE KEY-----\nhunter2', '-----BEGIN PRIVATE KEY-----[redacted]'],
])('%j becomes %j', (text, expected) => {
  expect(clean(text)).toBe(expected);
});

test.each([
  'mqtts://platform.example:8883/a@b',
  'mail a@b.example',
  'the basic understanding',
  'enrollment token: not accepted',
  'settings key=sidetoneLevel',
  '24da-70bf92123456',
])('%j stays as it is', (text) => {
  expect(clean(text)).toBe(text);
});

test('a long text is cut, and no half secret stands at the cut', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.integer({ min: 1, max: 20 }), (padding, repeats) => {
      const secret = 'abcdefghijklmnopqrstuvwxyz';
      const cut = new SecretFilter([secret]).clean('.'.repeat(padding) + secret.repeat(repeats) + '.'.repeat(2000), 100);
      expect(cut).not.toMatch(/abc|xyz/);
      expect(cut.length).toBeLessThan(130);
    }),
  );
});

test('a secret of three characters would be found everywhere and is not looked for', () => {
  expect(new SecretFilter(['abc', '']).clean('abc', 10)).toBe('abc');
});

test('a secret within a longer one does not keep the longer one from being found', () => {
  expect(new SecretFilter(['hunter', 'hunter2-long']).clean('x hunter2-long x', 100)).toBe('x [redacted] x');
});

test.each(['?token'.repeat(3000), 'a'.repeat(16_000), 'token'.repeat(3200), `token${' '.repeat(16_000)}`, '://'.repeat(5000)])(
  'hostile text (%#) takes no noticeable time',
  (text) => {
    const begun = performance.now();
    clean(text);
    expect(performance.now() - begun).toBeLessThan(2000);
  },
);
