import { describe, expect, it, test } from 'vitest';
import { proxyOf, windowsProxy } from './windows-proxy.ts';

const url = 'https://broker.example.com:443/';
const settings = (values: Readonly<Record<string, string | number>>): ReadonlyMap<string, string | number> => new Map(Object.entries(values));

describe('the proxy of Internet Settings', () => {
  it.each([
    ['one for everything', { ProxyEnable: 1, ProxyServer: 'proxy.example:3128' }, 'http://proxy.example:3128'],
    ['one with a scheme', { ProxyEnable: 1, ProxyServer: 'https://proxy.example:443' }, 'https://proxy.example:443'],
    ['one a scheme', { ProxyEnable: 1, ProxyServer: 'http=a.example:80;HTTPS=b.example:81;ftp=c.example:82' }, 'http://b.example:81'],
    ['none for https', { ProxyEnable: 1, ProxyServer: 'http=a.example:80' }, null],
    ['switched off', { ProxyEnable: 0, ProxyServer: 'proxy.example:3128' }, null],
    ['names in another case', { proxyenable: 1, PROXYSERVER: 'proxy.example:3128' }, 'http://proxy.example:3128'],
    ['nothing set', {}, null],
    ['switched on without a server', { ProxyEnable: 1 }, null],
  ])('%s', (_name, values, expected) => {
    expect(proxyOf(settings(values), url)).toBe(expected);
  });

  it.each([
    ['*.example.com', url, true],
    ['broker.example.com', url, true],
    ['10.*;<local>; *.EXAMPLE.com ', url, true],
    ['example.com', url, false],
    ['*.example.org', url, false],
    ['<local>', url, false],
    ['<local>', 'https://broker/', true],
    // A dot is a dot.
    ['broker.exampleXcom', 'https://broker.example.com/', false],
    ['192.168.*', 'https://192.168.7.9/', true],
  ])('the exception %s for %s', (ProxyOverride, target, isExempt) => {
    const proxy = proxyOf(settings({ ProxyEnable: 1, ProxyServer: 'p:1', ProxyOverride }), target);
    expect(proxy).toBe(isExempt ? null : 'http://p:1');
  });
});

test('a policy can make the proxy one of the computer instead of the account', async () => {
  const path = String.raw`Software\Microsoft\Windows\CurrentVersion\Internet Settings`;
  const of = (perUser: number | null) => ({
    values: async (key: string) => {
      if (key.includes('Policies')) return settings(perUser === null ? {} : { ProxySettingsPerUser: perUser });
      return settings({ ProxyEnable: 1, ProxyServer: key === `HKLM\\${path}` ? 'computer:1' : 'account:1' });
    },
  });
  expect(await windowsProxy(of(null), url)).toBe('http://account:1');
  expect(await windowsProxy(of(1), url)).toBe('http://account:1');
  expect(await windowsProxy(of(0), url)).toBe('http://computer:1');
});
