import type { CancelSignal } from '@jpd/protocol';
import { HttpError, type HttpClient, type HttpResponse, type PackageFetch, type PackageReference } from '../../ports/index.ts';
import { judge, validatorOf, wrongSize } from './answer.ts';
import type { PartFile } from './part-file.ts';

interface Download {
  readonly reference: PackageReference;
  readonly http: HttpClient;
  readonly part: PartFile;
  readonly signal: CancelSignal;
  readonly onProgress: (done: number) => void;
}

/** How one request ended: `again` where what was here before it was no good, and a request for all of it may do better. */
type Attempt = PackageFetch | { readonly status: 'again' };

/** Fetches what is missing, at most with one request for the rest and one for all of it. Rejects with an HttpError where `signal` calls it off. */
export async function download(task: Download): Promise<PackageFetch> {
  const first = await attempt(task);
  if (first.status !== 'again') return first;
  await task.part.clear();
  const second = await attempt(task);
  return second.status === 'again' ? { status: 'failed', code: 'download-failed', message: 'the package server gives no beginning' } : second;
}

async function attempt(task: Download): Promise<Attempt> {
  const { reference, part, onProgress } = task;
  const have = part.length;
  onProgress(have);
  const ended = have === reference.size && have > 0 ? { status: 'complete' as const } : await request(task);
  if (ended.status !== 'complete') return ended;
  if (part.digest() === reference.sha256.toLowerCase()) return { status: 'ready' };
  // What was taken up may be what is wrong with it: another file's beginning, or what a power cut left.
  if (have > 0) return { status: 'again' };
  return { status: 'failed', code: 'hash-mismatch', message: 'what the package server has is another file: its SHA-256 differs' };
}

async function request({ reference, http, part, signal, onProgress }: Download): Promise<Attempt | { readonly status: 'complete' }> {
  const { url, size } = reference;
  try {
    const response = await http.request({ method: 'GET', url, headers: await conditions(part, url) }, signal);
    const verdict = judge(response, { have: part.length, size });
    if (verdict.kind !== 'body') response.close();
    switch (verdict.kind) {
      case 'again':
        return { status: 'again' };
      case 'failed':
        return { status: 'failed', code: verdict.code, message: verdict.message };
      case 'later':
        return { status: 'interrupted', retryAfterMs: verdict.retryAfterMs, message: verdict.message };
      case 'body':
        if (verdict.from === 0) await part.clear();
        await part.setOrigin({ url, validator: validatorOf(response.headers) });
        return await receive(response, { part, size, endIsTold: verdict.endIsTold, onProgress });
    }
  } catch (error) {
    if (!(error instanceof HttpError) || error.code === 'cancelled') throw error;
    if (error.code === 'refused-url') return { status: 'failed', code: 'download-failed', message: error.message };
    // TLS as well: a hotel's own page, a clock that is wrong. It passes, and an update that waits says so.
    return { status: 'interrupted', retryAfterMs: null, message: error.message };
  }
}

/** The rest, provided that it is the rest of the same file. */
async function conditions(part: PartFile, url: string): Promise<Readonly<Record<string, string>>> {
  if (part.length === 0) return {};
  const origin = await part.origin();
  const ifRange = origin?.url === url && origin.validator !== null ? { 'if-range': origin.validator } : {};
  return { range: `bytes=${part.length}-`, ...ifRange };
}

interface Reception {
  readonly part: PartFile;
  readonly size: number;
  readonly endIsTold: boolean;
  readonly onProgress: (done: number) => void;
}

async function receive(response: HttpResponse, { part, size, endIsTold, onProgress }: Reception): Promise<Attempt | { readonly status: 'complete' }> {
  for await (const bytes of response.body) {
    if (part.length + bytes.length > size) return failed(wrongSize(`more than ${size}`, size));
    await part.append(bytes);
    onProgress(part.length);
  }
  if (part.length === size) return { status: 'complete' };
  if (endIsTold) return failed(wrongSize(part.length, size));
  return { status: 'interrupted', retryAfterMs: null, message: `the package server sent ${part.length} of ${size} bytes` };
}

const failed = ({ code, message }: ReturnType<typeof wrongSize>): PackageFetch => ({ status: 'failed', code, message });
