import { describe, expect, test } from 'vitest';
import { isExempt } from './no-proxy.ts';

const at = (host: string, port = 443) => ({ host, port });

describe('NO_PROXY', () => {
  test.each([
    ['*', 'platform.example'],
    ['platform.example', 'platform.example'],
    ['example', 'platform.example'],
    ['.example', 'platform.example'],
    ['*.example', 'platform.example'],
    ['PLATFORM.Example', 'platform.EXAMPLE'],
    ['other, platform.example', 'platform.example'],
    ['other platform.example', 'platform.example'],
    ['platform.example:443', 'platform.example'],
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.0/24', '192.0.2.7'],
    ['[::1]:443', '::1'],
    ['::1', '::1'],
    ['2001:db8::/32', '2001:db8::7'],
    ['localhost', 'localhost'],
  ])('"%s" names %s', (noProxy, host) => {
    expect(isExempt(noProxy, at(host))).toBe(true);
  });

  test.each([
    ['', 'platform.example'],
    [' , ', 'platform.example'],
    ['ample', 'platform.example'],
    ['platform.example', 'example'],
    ['platform.example:8883', 'platform.example'],
    ['192.0.2.0/24', '192.0.3.7'],
    ['192.0.2.0/33', '192.0.2.7'],
    ['192.0.2.0/', '192.0.2.7'],
    ['192.0.2.0/24', '2001:db8::7'],
    ['192.0.2.0/24', 'platform.example'],
    ['2.7', '192.0.2.7'],
    ['::1', '127.0.0.1'],
  ])('"%s" does not name %s', (noProxy, host) => {
    expect(isExempt(noProxy, at(host))).toBe(false);
  });
});
