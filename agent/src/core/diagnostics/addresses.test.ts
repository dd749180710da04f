import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceAddresses } from './addresses.ts';

const clean = (text: string): string => replaceAddresses(text, () => '[ip]');

describe('addresses in texts', () => {
  it.each([
    ['connected from 10.0.0.17.', 'connected from [ip].'],
    ['tcp://192.168.1.20:8883/x', 'tcp://[ip]:8883/x'],
    ['a 203.0.113.9, b 198.51.100.7', 'a [ip], b [ip]'],
    ['to fe80::1c2d:3e4f at once', 'to [ip] at once'],
    ['wss://[2001:db8::17]:443', 'wss://[[ip]]:443'],
    ['at 2001:0db8:0000:0000:0000:ff00:0042:8329', 'at [ip]'],
    ['mapped ::ffff:192.0.2.33', 'mapped [ip]'],
    ['link fe80::1%eth0', 'link [ip]%eth0'],
    ['addr:2001:db8::1:', 'addr:[ip]:'],
    // Address and port without brackets: whoever reads it can't tell, and nor can this.
    ['2001:db8:0:0:0:0:0:1:8883', '[ip]:8883'],
  ])('are taken out of "%s"', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it.each([
    ['host%3D10.0.0.17%20ok', 'host%3D[ip]%20ok'],
    ['%2010.0.0.17', '%20[ip]'],
    ['host=2001%3Adb8%3A%3A17&x', 'host=[ip]&x'],
    ['%2Ffe80::1', '%2F[ip]'],
    [String.raw`first\nfe80::1\n10.0.0.17`, String.raw`first\n[ip]\n[ip]`],
    [String.raw`\u003110.0.0.17`, String.raw`\u0031[ip]`],
  ])('are found behind escapes in "%s"', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it.each([
    '127.0.0.1 and 127.8.9.1',
    'http://[::1]:8080',
    '0.0.0.0 and ::',
    '2026-11-22T04:30:07.456Z',
    'version 10.0.22631.4460 of Windows',
    'object 1.3.6.1.4.1',
    'usb 1-2.3:24da',
    'firmware 1.8.13',
    'mac 70:bf:92:01:02:03',
    'std::vector and Foo::bar',
    'a:b',
  ])('are not seen in "%s"', (text) => {
    expect(clean(text)).toBe(text);
  });

  it('never stay, whatever surrounds them', () => {
    const around = fc.constantFrom('', ' ', '"', '[', '=', '/', '%20', '%2F', '\\n', '\\u0020', ',', '(', '\n');
    const ipv4 = fc.ipV4().filter((address) => !address.startsWith('127.') && address !== '0.0.0.0');
    const ipv6 = fc.ipV6().filter((address) => !/^[0:]*1?$/.test(address) && !/^[0:]*(ffff:)?127\./i.test(address));
    const address = fc.oneof(ipv4, ipv6);
    const after = fc.constantFrom('', ' ', '"', ']', ',', ';', '/x', '%20', '\\n', ')');
    fc.assert(
      fc.property(around, address, after, (before, planted, behind) => {
        expect(clean(`${before}${planted}${behind}`)).toBe(`${before}[ip]${behind}`);
      }),
      { numRuns: 500 },
    );
  });
});
