import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../agent/src/adapters/http/index.ts';
import { openPackageStore, type PackageStoreOptions } from '../../../agent/src/adapters/packages/index.ts';
import { machineClock } from '../../platform/machine-clock.ts';
import { cleanup, recordingLog } from '../brokers/link-fixture.ts';
import { startScriptedServer } from '../brokers/scripted-server.ts';
import { type PackageServer, type Shelf, startPackageServer } from './package-server.ts';

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const never = (): AbortSignal => new AbortController().signal;

const http = createHttpClient({
  proxyFor: () => Promise.resolve(null),
  trust: () => Promise.reject(new Error('all of this is plain')),
  clock: machineClock,
  userAgent: 'test',
});

const openOn = (folder: string, options: Partial<PackageStoreOptions> = {}) =>
  openPackageStore({ folder: join(folder, 'packages'), http, log: recordingLog(), ...options });

const begun = cleanup();
afterEach(() => begun.run());

let folder: string;
let server: PackageServer;
beforeEach(async () => {
  folder = begun.add(await mkdtemp(join(tmpdir(), 'jpd-packages-')), (path) => rm(path, { recursive: true, force: true }));
  server = begun.add(await startPackageServer(), (started) => started.stop());
});

const content = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 11) & 0xff);
const other = content.map((byte) => byte ^ 1);
const put = (shelf: Partial<Shelf> = {}) => ({ url: server.put('/a.zip', { content, ...shelf }), sha256: sha256(content), size: content.length });
const files = async (): Promise<string[]> => (await readdir(join(folder, 'packages'))).map((name) => name.replace(/^[0-9a-f]{64}/, '')).toSorted();
const ranges = (): readonly (string | undefined)[] => server.requests.map(({ headers }) => headers.range);

describe('taking up what came', () => {
  it('asks for the rest, on condition that it is the rest of the same file', async () => {
    const reference = put({ cutAfter: 60_000, etag: '"v1"' });
    await openOn(folder).fetch(reference, never());
    expect(await files()).toEqual(['.origin', '.part']);
    put({ etag: '"v1"' });
    const progress: number[] = [];
    expect(await openOn(folder).fetch(reference, never(), (done) => progress.push(done))).toEqual({ status: 'ready' });
    expect(server.requests[1]?.headers).toMatchObject({ range: 'bytes=60000-', 'if-range': '"v1"' });
    expect(progress[0]).toBe(60_000);
    expect(progress.at(-1)).toBe(200_000);
    expect(await files()).toEqual(['.zip']);
  });

  it.each([
    ['the date where there is no tag', { lastModified: 'Sun, 22 Nov 2026 08:00:00 GMT' }, 'Sun, 22 Nov 2026 08:00:00 GMT'],
    ['the date where the tag is weak', { etag: 'W/"v1"', lastModified: 'Sun, 22 Nov 2026 08:00:00 GMT' }, 'Sun, 22 Nov 2026 08:00:00 GMT'],
    ['no condition where the server gives none', {}, undefined],
  ])('sends %s', async (_what, shelf, ifRange) => {
    const reference = put({ ...shelf, cutAfter: 60_000 });
    await openOn(folder).fetch(reference, never());
    put(shelf);
    expect(await openOn(folder).fetch(reference, never())).toEqual({ status: 'ready' });
    expect(server.requests[1]?.headers['if-range']).toBe(ifRange);
    expect(ranges()[1]).toBe('bytes=60000-');
  });

  it('sends no condition to another address', async () => {
    await openOn(folder).fetch(put({ cutAfter: 60_000, etag: '"v1"' }), never());
    const elsewhere = { ...put(), url: server.put('/b.zip', { content, etag: '"other"' }) };
    expect(await openOn(folder).fetch(elsewhere, never())).toEqual({ status: 'ready' });
    expect(server.requests[1]?.headers).not.toHaveProperty('if-range');
    expect(ranges()[1]).toBe('bytes=60000-');
  });

  it.each([
    ['knows no ranges', { noRanges: true }],
    ['has another tag by now', { etag: '"v2"' }],
  ])('takes all of it from a server that %s', async (_what, shelf) => {
    const reference = put({ cutAfter: 60_000, etag: '"v1"' });
    await openOn(folder).fetch(reference, never());
    put(shelf);
    expect(await openOn(folder).fetch(reference, never())).toEqual({ status: 'ready' });
    expect(server.requests).toHaveLength(2);
  });

  it('begins anew where the server gives another part than it was asked for', async () => {
    const reference = put({ cutAfter: 60_000 });
    await openOn(folder).fetch(reference, never());
    put({ shiftedBy: 1 });
    expect(await openOn(folder).fetch(reference, never())).toEqual({ status: 'ready' });
    expect(ranges()).toEqual([undefined, 'bytes=60000-', undefined]);
  });

  it('begins anew where what it had was no part of the package', async () => {
    const reference = put({ content: other, cutAfter: 60_000 });
    await openOn(folder).fetch(reference, never());
    put();
    expect(await openOn(folder).fetch(reference, never())).toEqual({ status: 'ready' });
    expect(ranges()).toEqual([undefined, 'bytes=60000-', undefined]);
  });

  it('begins anew where what it has is longer than the package, or more than the server has', async () => {
    const reference = put({ cutAfter: 60_000 });
    await openOn(folder).fetch(reference, never());
    const [part] = (await readdir(join(folder, 'packages'))).filter((name) => name.endsWith('.part'));
    await writeFile(join(folder, 'packages', part ?? ''), new Uint8Array(200_001));
    put();
    expect(await openOn(folder).fetch(reference, never())).toEqual({ status: 'ready' });
    expect(ranges()).toEqual([undefined, undefined]);
  });

  it('asks nobody where all of it had come before the kill', async () => {
    const reference = put({ cutAfter: 60_000 });
    await openOn(folder).fetch(reference, never());
    await writeFile(join(folder, 'packages', `${reference.sha256}.part`), content);
    expect(await openOn(folder).fetch(reference, never())).toEqual({ status: 'ready' });
    expect(server.requests).toHaveLength(1);
    expect(await files()).toEqual(['.zip']);
  });

  it('does without the note of its origin, damaged or missing', async () => {
    const reference = put({ cutAfter: 60_000, etag: '"v1"' });
    await openOn(folder).fetch(reference, never());
    await writeFile(join(folder, 'packages', `${reference.sha256}.origin`), '{"url":');
    put();
    expect(await openOn(folder).fetch(reference, never())).toEqual({ status: 'ready' });
  });
});

describe('a server that lies about the size', () => {
  const sent = (): Promise<number> => files().then((names) => names.length);

  it('is refused by its headers, before a byte is kept', async () => {
    const long = put({ content: new Uint8Array(5_000_000), holdAfter: 0 });
    expect(await openOn(folder).fetch(long, never())).toMatchObject({ status: 'failed', code: 'size-mismatch' });
    expect(await sent()).toBe(0);
  });

  it('is stopped as soon as more comes than there may be, where it tells no size', async () => {
    const reference = put({ content: Buffer.concat([content, content]), chunked: true, holdAfter: 250_000 });
    expect(await openOn(folder).fetch(reference, never())).toMatchObject({ status: 'failed', code: 'size-mismatch' });
    expect(await sent()).toBe(0);
  });

  it('is refused by the total of what it goes on with, before a byte is kept', async () => {
    const reference = put({ cutAfter: 60_000 });
    await openOn(folder).fetch(reference, never());
    put({ content: Buffer.concat([content, content]), holdAfter: 0 });
    expect(await openOn(folder).fetch(reference, never())).toMatchObject({ status: 'failed', code: 'size-mismatch' });
    expect(server.requests).toHaveLength(2);
    expect(await sent()).toBe(0);
  });

  it('has too little, and says that that is all: size mismatch', async () => {
    const reference = put({ content: content.subarray(0, 199_999), chunked: true });
    expect(await openOn(folder).fetch(reference, never())).toMatchObject({ status: 'failed', code: 'size-mismatch' });
  });

  it('breaks off what it had promised: that is taken up', async () => {
    const reference = put({ content: content.subarray(0, 150_000), claimedLength: 200_000, cutAfter: 149_999 });
    expect(await openOn(folder).fetch(reference, never())).toMatchObject({ status: 'interrupted' });
    put();
    expect(await openOn(folder).fetch(reference, never())).toEqual({ status: 'ready' });
    expect(ranges()[1]).toBe('bytes=149999-');
  });

  it('ends the connection without having told a size: nobody knows whether that is all', async () => {
    const half = content.subarray(0, 100_000);
    const old = await startScriptedServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
        socket.end(half);
      });
    });
    begun.add(old, (started) => started.stop());
    const reference = { ...put(), url: `http://127.0.0.1:${old.port}/` };
    expect(await openOn(folder).fetch(reference, never())).toMatchObject({ status: 'interrupted', retryAfterMs: null });
    expect(await openOn(folder).fetch(put(), never())).toEqual({ status: 'ready' });
    expect(ranges()).toEqual(['bytes=100000-']);
  });
});

describe('answers', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('%i may pass', async (status) => {
    expect(await openOn(folder).fetch(put({ status, headers: { 'retry-after': '7' } }), never())).toMatchObject({
      status: 'interrupted',
      retryAfterMs: 7000,
    });
  });

  it.each([204, 304, 400, 401, 405, 451, 501, 505])('%i will not', async (status) => {
    expect(await openOn(folder).fetch(put({ status }), never())).toMatchObject({ status: 'failed', code: 'download-failed' });
  });

  it('that never come are the network, an address that may not be asked is not', async () => {
    await server.stop();
    expect(await openOn(folder).fetch(put(), never())).toMatchObject({ status: 'interrupted', retryAfterMs: null });
    const plain = { ...put(), url: 'http://packages.example/a.zip' };
    expect(await openOn(folder).fetch(plain, never())).toMatchObject({ status: 'failed', code: 'download-failed' });
    const untrusted = { ...put(), url: 'https://127.0.0.1:1/' };
    expect(await openOn(folder).fetch(untrusted, never())).toMatchObject({ status: 'interrupted' });
  });
});

describe('the disk', () => {
  it('holds packages for this account only', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows has no file modes');
    const reference = put();
    await openOn(folder).fetch(reference, never());
    expect((await stat(join(folder, 'packages'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'packages', `${reference.sha256}.zip`))).mode & 0o777).toBe(0o600);
  });

  it('loses what nobody wants when the cap is reached, the oldest first, and never what is wanted', async () => {
    const store = openOn(folder, { capBytes: 500_000 });
    const offer = (name: string, seed: number) => {
      const made = content.map((byte) => byte ^ seed);
      return { url: server.put(`/${name}`, { content: made }), sha256: sha256(made), size: made.length };
    };
    const [wanted, unwanted, next] = [offer('wanted', 1), offer('unwanted', 2), offer('next', 3)];
    await store.keepOnly([wanted]);
    for (const reference of [wanted, unwanted, next]) expect(await store.fetch(reference, never())).toEqual({ status: 'ready' });
    expect(await Promise.all([wanted, unwanted, next].map((reference) => store.has(reference)))).toEqual([true, false, true]);
  });

  it('that is full of wanted packages lets the next one wait, and refuses one that never fits', async () => {
    const store = openOn(folder, { capBytes: 300_000 });
    const first = put();
    await store.keepOnly([first]);
    expect(await store.fetch(first, never())).toEqual({ status: 'ready' });
    const second = { url: server.put('/b.zip', { content: other }), sha256: sha256(other), size: other.length };
    expect(await store.fetch(second, never())).toMatchObject({ status: 'interrupted', message: expect.stringContaining('no room') as unknown });
    await store.keepOnly([second]);
    expect(await store.fetch(second, never())).toEqual({ status: 'ready' });
    expect(await store.fetch({ ...first, size: 300_001 }, never())).toMatchObject({ status: 'failed', code: 'download-failed' });
  });

  it('loses nothing before anybody said what is wanted', async () => {
    const store = openOn(folder, { capBytes: 300_000 });
    const first = put();
    await store.fetch(first, never());
    const second = { url: server.put('/b.zip', { content: other }), sha256: sha256(other), size: other.length };
    expect(await store.fetch(second, never())).toMatchObject({ status: 'interrupted' });
    expect(await store.has(first)).toBe(true);
  });

  it('keeps its floor of free space', async () => {
    const store = openOn(folder, { floorBytes: 1000, freeBytes: () => Promise.resolve(200_999) });
    expect(await store.fetch(put(), never())).toMatchObject({ status: 'interrupted' });
    const roomy = openOn(folder, { floorBytes: 1000, freeBytes: () => Promise.resolve(201_000) });
    expect(await roomy.fetch(put(), never())).toEqual({ status: 'ready' });
  });

  it('that cannot be written interrupts, and says where', async () => {
    await writeFile(join(folder, 'packages'), 'a file in its place');
    expect(await openOn(folder).fetch(put(), never())).toMatchObject({
      status: 'interrupted',
      message: expect.stringMatching(/cannot be stored in .*packages \(E[A-Z]+\)/) as unknown,
    });
  });

  it('is left alone where other files lie in it', async () => {
    await openOn(folder).fetch(put(), never());
    await writeFile(join(folder, 'packages', 'notes.txt'), '');
    await openOn(folder).keepOnly([]);
    expect(await readdir(join(folder, 'packages'))).toEqual(['notes.txt']);
  });
});

/** Fetches a package that the server holds back in the middle; `isUnderWay` resolves when its first part is here. */
function heldFetch(store: ReturnType<typeof openOn>, signal: AbortSignal) {
  let came = (): void => undefined;
  const isUnderWay = new Promise<void>((resolve) => {
    came = resolve;
  });
  const outcome = store.fetch(put({ holdAfter: 65_536 }), signal, (done) => {
    if (done >= 65_536) came();
  });
  return { isUnderWay, outcome };
}

it('ends a download that everybody called off, and keeps what came', async () => {
  const store = openOn(folder);
  const cancel = new AbortController();
  const { isUnderWay, outcome } = heldFetch(store, cancel.signal);
  await isUnderWay;
  cancel.abort();
  await expect(outcome).rejects.toMatchObject({ code: 'cancelled' });
  expect(await store.fetch(put(), never())).toEqual({ status: 'ready' });
  expect(ranges()).toEqual([undefined, 'bytes=65536-']);
});

it('ends a download that nobody wants any more, and says so to who waits', async () => {
  const store = openOn(folder);
  const { isUnderWay, outcome: waiting } = heldFetch(store, never());
  await isUnderWay;
  await store.keepOnly([]);
  expect(await waiting).toMatchObject({ status: 'interrupted' });
  expect(await files()).toEqual([]);
});
