import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryWeb } from '../../core/testing/memory-packages.ts';
import { type HttpClient, HttpError } from '../../ports/index.ts';
import { openPackageStore } from './index.ts';
import { describePackageStore } from './testing/describe-package-store.ts';

const nothing = { setLevel: () => undefined, error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const silentLog = { ...nothing, child: () => silentLog };

/** The servers of the web by the port of HTTP: with ranges, and without a network. test-rigs/lab/packages has the real ones. */
function clientOf(web: MemoryWeb): HttpClient {
  return {
    request: async ({ url, headers = {} }, signal) => {
      const offer = await web.get(url);
      if (signal.aborted) throw new HttpError('cancelled', 'called off');
      const from = Number(/^bytes=(\d+)-$/.exec(headers['range'] ?? '')?.[1] ?? 0);
      const { content, cutAfter, status, retryAfterMs = null } = offer ?? { content: new Uint8Array(), status: 404 };
      const length = { 'content-length': String(content.length - from) };
      const range = from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
      const body = async function* (): AsyncGenerator<Uint8Array> {
        const end = Math.min(content.length, from + (cutAfter ?? Infinity));
        for (let sent = from; sent < end; sent += 1000) yield content.subarray(sent, Math.min(end, sent + 1000));
        if (end < content.length) throw new HttpError('network', 'cut off');
      };
      return {
        status: status ?? (from > 0 ? 206 : 200),
        headers: new Map(Object.entries({ ...length, ...range })),
        retryAfterMs,
        body: body(),
        close: () => undefined,
      };
    },
  };
}

describePackageStore('the package store on a disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jpd-packages-'));
  const web = new MemoryWeb();
  return {
    open: () => Promise.resolve(openPackageStore({ folder: join(folder, 'packages'), http: clientOf(web), log: silentLog })),
    offer: (name, content, manner) => web.offer(`https://packages.example/${name}`, content, manner),
    requests: ({ url }) => web.requests.get(url) ?? 0,
    pause: () => web.pause(),
    resume: () => web.resume(),
    damage: async (reference) => {
      const path = join(folder, 'packages', `${reference.sha256}.zip`);
      const content = await readFile(path);
      content[0] = (content[0] ?? 0) ^ 0xff;
      await writeFile(path, content);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
});
