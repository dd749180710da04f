import { describe, expect, it } from 'vitest';
import { allowedUrl, authorityOf, basicAuthorization, redirectTarget } from './address.ts';

describe('a URL', () => {
  it.each(['https://packages.example/a.zip?x=1', 'https://192.0.2.1:8443/', 'http://127.0.0.1:8080/a', 'http://[::1]/a', 'http://localhost/a'])(
    '%s may be asked',
    (url) => {
      expect(allowedUrl(url).href).toBe(url);
    },
  );

  it.each([
    '',
    'packages.example/a.zip',
    'ftp://packages.example/a.zip',
    'file:///etc/passwd',
    'http://packages.example/',
    'http://localhost.example/',
    'http://[2001:db8::1]/',
    'http://192.0.2.1/',
  ])('%j may not', (url) => {
    expect(() => allowedUrl(url)).toThrow(expect.objectContaining({ name: 'HttpError', code: 'refused-url' }));
  });

  it('is not told with what it holds besides the host', () => {
    expect(() => allowedUrl('http://user:secret@packages.example/a?token=secret')).toThrow(/use https:\/\/ for packages\.example$/);
  });

  it('has its port in its authority, also where it is the usual one', () => {
    expect(['https://a.example/', 'https://a.example:8443/', 'https://[::1]/'].map((url) => authorityOf(new URL(url)))).toEqual([
      'a.example:443',
      'a.example:8443',
      '[::1]:443',
    ]);
  });

  it('gives its user and password as Basic authentication', () => {
    expect(basicAuthorization(new URL('https://a.example/'))).toBe(null);
    // printf 'pc:p@ss:word' | base64
    expect(basicAuthorization(new URL('https://pc:p%40ss:word@a.example/'))).toBe('Basic cGM6cEBzczp3b3Jk');
    // printf 'only:' | base64
    expect(basicAuthorization(new URL('https://only@a.example/'))).toBe('Basic b25seTo=');
    // printf 'a:%zz' | base64
    expect(basicAuthorization(new URL('https://a:%zz@a.example/'))).toBe('Basic YToleno=');
  });
});

describe('a redirect', () => {
  const from = new URL('https://a.example/firmware/x.zip');

  it.each([
    ['/y.zip', 'https://a.example/y.zip'],
    ['y.zip', 'https://a.example/firmware/y.zip'],
    ['https://cdn.example/x.zip', 'https://cdn.example/x.zip'],
    ['//cdn.example/x.zip', 'https://cdn.example/x.zip'],
  ])('to %s is followed', (location, target) => {
    expect(redirectTarget(from, location).href).toBe(target);
  });

  it.each(['http://a.example/x.zip', 'http://127.0.0.1:631/', 'ftp://a.example/', 'https://'])('to %s is not', (location) => {
    expect(() => redirectTarget(from, location)).toThrow(expect.objectContaining({ code: 'refused-url' }));
  });

  it('within this computer may stay plain', () => {
    expect(redirectTarget(new URL('http://127.0.0.1:8080/a'), '/b').href).toBe('http://127.0.0.1:8080/b');
  });
});
