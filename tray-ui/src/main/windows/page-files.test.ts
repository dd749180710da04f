import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageFile } from './page-files.ts';

describe('the files of a window', () => {
  const outside = mkdtempSync(join(tmpdir(), 'jpd-pages-'));
  const folder = join(outside, 'page');
  const get = (url: string, method = 'GET') => pageFile(folder, { url, method });
  beforeAll(() => {
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'index.html'), '<meta property="csp-nonce" nonce="__CSP_NONCE__" /><p>ä');
    writeFileSync(join(folder, 'assets/a.js'), 'export {};');
    writeFileSync(join(folder, 'secret.json'), '{}');
    writeFileSync(join(outside, 'other.js'), 'no');
  });
  afterAll(() => {
    rmSync(outside, { recursive: true });
  });

  it('have a policy and a nonce that is new each time', async () => {
    const [first, second] = [await get('app://tray/index.html?view=flyout'), await get('app://tray/index.html')];
    const nonces = [first, second].map(({ body }) => /nonce="([^"]+)"/u.exec(String(body))?.[1]);
    expect(nonces[0]).toMatch(/^[A-Za-z0-9+/]{24}$/u);
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(first.headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; " +
        `style-src 'self' 'nonce-${nonces[0] ?? ''}'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(String(first.body)).toContain('<p>ä');
  });

  it('are served by their type', async () => {
    expect(await get('app://tray/assets/a.js')).toMatchObject({ status: 200, headers: { 'content-type': 'text/javascript; charset=utf-8' } });
  });

  it.each([
    ['another origin', 'app://other/index.html'],
    ['another scheme', 'file:///index.html'],
    ['no address', 'nonsense'],
    ['what is missing', 'app://tray/missing.js'],
    ['a folder', 'app://tray/assets'],
    ['another type', 'app://tray/secret.json'],
    ['a file outside', 'app://tray/%2e%2e/other.js'],
    ['a file outside, by encoded slashes', 'app://tray/..%2fother.js'],
    ['a file outside, by backslashes', 'app://tray/..%5cother.js'],
    ['a broken escape', 'app://tray/%ff.js'],
    ['a NUL', 'app://tray/index.html%00.js'],
  ])('do not include %s', async (_, url) => {
    expect((await get(url)).status).toBe(404);
  });

  it('are only read', async () => {
    expect((await get('app://tray/index.html', 'POST')).status).toBe(404);
  });
});
