import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { type Command, timestamp } from '../../contract/index.ts';
import { HttpError, type HttpRequest, type HttpResponse } from '../../ports/index.ts';
import { LogBook } from '../testing/log-book.ts';
import { collectDiagnostics } from './collect-diagnostics.ts';

type Answer = number | HttpError | 'never';

const url = 'https://files.example/upload?signature=planted-secret';

const answer = (status: number, retryAfterMs: number | null): HttpResponse => ({
  status,
  headers: new Map(),
  retryAfterMs,
  body: (async function* () {})(),
  close: () => undefined,
});

/** A client whose server answers so, one after another; the last answer stays. */
function collecting(answers: readonly Answer[], { bundle = async () => Uint8Array.of(1, 2, 3), retryAfterMs = null as number | null } = {}) {
  const clock = new VirtualClock();
  const log = new LogBook();
  const requests: { readonly at: number; readonly request: HttpRequest }[] = [];
  const http = {
    request: async (request: HttpRequest): Promise<HttpResponse> => {
      requests.push({ at: clock.monotonic(), request });
      const next = answers[Math.min(requests.length, answers.length) - 1];
      if (next === 'never') return new Promise(() => undefined);
      if (next instanceof HttpError) throw next;
      return answer(next ?? 200, retryAfterMs);
    },
  };
  const told: string[] = [];
  const progress = {
    accepted: () => void told.push('accepted'),
    running: (percent?: number) => void told.push(`running ${percent}`),
  };
  const run = collectDiagnostics({ clock, log, diagnostics: { bundle }, http });
  const start = (params: Command['params'] = { upload: url }, lastsMs = 3_600_000) => {
    const expiresAt = timestamp(clock.now() + lastsMs);
    return run({ schema: 'command/1', sentAt: expiresAt, id: 'c-1', type: 'collect-diagnostics', params, expiresAt }, progress);
  };
  return { clock, log, requests, told, start };
}

describe('collect-diagnostics', () => {
  it('puts the bundle where it is told to, and tells how far it is', async () => {
    const { clock, requests, told, start } = collecting([201]);
    expect(await clock.complete(start())).toEqual({ status: 'succeeded', data: { bytes: 3 } });
    expect(requests.map(({ request }) => request)).toEqual([
      { method: 'PUT', url, headers: { 'content-type': 'application/zip' }, body: Uint8Array.of(1, 2, 3) },
    ]);
    expect(told).toEqual(['accepted', 'running 0', 'running 50']);
  });

  it('says to a store of Azure what kind of blob it is, and to nobody else', async () => {
    const headersTo = async (upload: string) => {
      const { clock, requests, start } = collecting([201]);
      await clock.complete(start({ upload }));
      return requests[0]?.request.headers?.['x-ms-blob-type'];
    };
    expect(await headersTo('https://acme.blob.core.windows.net/logs/a.zip?sig=x')).toBe('BlockBlob');
    expect(await headersTo('https://evil.example/?x=.blob.core.windows.net/')).toBeUndefined();
  });

  it.each([
    [{}],
    [{ upload: 7 }],
    [{ upload: 'http://files.example/' }],
    [{ upload: 'http://localhost.example/' }],
    [{ upload: 'http://127.0.0.1.example/' }],
    [{ upload: 'file:///etc/passwd' }],
    [{ upload: 'https://' }],
  ])('is rejected for %j, before anything is collected', async (params) => {
    const { clock, requests, told, start } = collecting([200]);
    expect(await clock.complete(start(params))).toMatchObject({ status: 'rejected', error: { code: 'invalid-params' } });
    expect([requests, told]).toEqual([[], []]);
  });

  it.each(['http://127.0.0.1:8080/x', 'http://localhost/x', 'http://[::1]:1/x', 'HTTPS://files.example/x'])('may go to %s', async (upload) => {
    const { clock, start } = collecting([200]);
    expect(await clock.complete(start({ upload }))).toMatchObject({ status: 'succeeded' });
  });

  it('gives up at once where repeating will not help', async () => {
    for (const status of [301, 400, 403, 404, 413]) {
      const { clock, requests, start } = collecting([status]);
      expect(await clock.complete(start())).toMatchObject({ status: 'failed', error: { code: 'upload-refused' } });
      expect(requests).toHaveLength(1);
    }
    const { clock, start } = collecting([new HttpError('tls', 'the certificate of files.example is not trusted')]);
    expect(await clock.complete(start())).toMatchObject({ error: { code: 'upload-failed' } });
  });

  it('tries again what may pass, as late as the server asks', async () => {
    const { clock, requests, start } = collecting([new HttpError('network', 'gone'), 503, 429, 200], { retryAfterMs: 20_000 });
    expect(await clock.complete(start())).toMatchObject({ status: 'succeeded' });
    expect(requests.map(({ at }) => at)).toEqual([0, 2000, 22_000, 54_000]);
  });

  it('does not go on past the end of the command, nor for ever', async () => {
    const short = collecting([503]);
    expect(await short.clock.complete(short.start({ upload: url }, 5000))).toMatchObject({ status: 'failed', error: { code: 'upload-refused' } });
    expect(short.requests).toHaveLength(2);
    const long = collecting([503]);
    expect(await long.clock.complete(long.start())).toMatchObject({ status: 'failed' });
    expect(long.requests).toHaveLength(4);
    const silent = collecting(['never']);
    const slow = silent.start();
    await silent.clock.advance(3_600_000);
    expect(await slow).toMatchObject({ status: 'failed', error: { code: 'upload-failed' } });
  });

  it('says so where no bundle can be made, or one that nobody wants', async () => {
    const broken = collecting([200], { bundle: () => Promise.reject(new Error('disk')) });
    expect(await broken.clock.complete(broken.start())).toMatchObject({ status: 'failed', error: { code: 'not-collected' } });
    expect(broken.log.lines.length).toBeGreaterThan(0);
    const large = collecting([200], { bundle: async () => new Uint8Array(50_000_001) });
    expect(await large.clock.complete(large.start())).toMatchObject({ status: 'failed', error: { code: 'too-large' } });
    expect([...broken.requests, ...large.requests]).toEqual([]);
  });

  it('runs once at a time', async () => {
    const { clock, start } = collecting(['never', 200]);
    const first = start();
    expect(await clock.complete(start())).toMatchObject({ status: 'rejected', error: { code: 'busy' } });
    await clock.advance(700_000);
    expect(await first).toMatchObject({ status: 'succeeded' });
    expect(await clock.complete(start())).toMatchObject({ status: 'succeeded' });
  });

  it('tells nobody the URL, which is a secret', async () => {
    const outcomes = [];
    for (const answers of [[403], [new HttpError('refused-url', 'x')], [new HttpError('network', 'no route to files.example')], [200]] as const) {
      const { clock, log, start } = collecting(answers);
      outcomes.push(await clock.complete(start()), log);
    }
    expect(JSON.stringify(outcomes)).not.toContain('planted-secret');
  });
});
