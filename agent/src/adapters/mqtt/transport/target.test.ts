import { expect, test } from 'vitest';
import { authority, parseTarget } from './target.ts';

test.each([
  ['wss://platform.example', { secure: true, webSocket: true, host: 'platform.example', port: 443, path: '/' }],
  ['wss://platform.example:8443/mqtt?site=1', { secure: true, webSocket: true, host: 'platform.example', port: 8443, path: '/mqtt?site=1' }],
  ['mqtts://platform.example', { secure: true, webSocket: false, host: 'platform.example', port: 8883 }],
  ['mqtts://[2001:db8::1]:443', { secure: true, host: '2001:db8::1', port: 443 }],
  ['mqtt://localhost', { secure: false, webSocket: false, host: 'localhost', port: 1883 }],
  ['mqtt://127.1.2.3:1', { secure: false, host: '127.1.2.3', port: 1 }],
  ['ws://[::1]/a', { secure: false, webSocket: true, host: '::1', port: 80, path: '/a' }],
])('%s is read', (url, target) => {
  expect(parseTarget(url)).toMatchObject(target);
});

test.each([
  '',
  'platform.example',
  'https://platform.example',
  'wss://',
  'mqtt://platform.example',
  'ws://127.0.0.1.example',
  'ws://192.0.2.1',
  'mqtt://[2001:db8::1]',
])('%s is refused', (url) => {
  expect(() => parseTarget(url)).toThrow(expect.objectContaining({ name: 'ConnectError', code: 'network' }));
});

test('an IPv6 address is written in brackets', () => {
  expect(authority({ host: '::1', port: 443 })).toBe('[::1]:443');
  expect(authority({ host: 'platform.example', port: 443 })).toBe('platform.example:443');
});
