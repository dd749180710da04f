import type { HttpResponse } from '../../ports/index.ts';

/** What an answer to a request for a package is worth. */
export type Verdict =
  /** Its body goes on at `from`. */
  | { readonly kind: 'body'; readonly from: number; readonly endIsTold: boolean }
  /** What is here is no beginning of what the server has: once more, without it. */
  | { readonly kind: 'again' }
  | { readonly kind: 'failed'; readonly code: 'download-failed' | 'size-mismatch'; readonly message: string }
  | { readonly kind: 'later'; readonly retryAfterMs: number | null; readonly message: string };

interface Question {
  /** Bytes that are here already; where above 0 they were not asked for. */
  readonly have: number;
  /** What the package must have. */
  readonly size: number;
}

/** Answers below 500 that another time may be better: time-out, too early, too many requests. */
const passing = [408, 425, 429];
/** Answers above 500 that will not: not implemented, version not supported. */
const lasting = [501, 505];

export function judge(
  { status, headers, retryAfterMs }: Pick<HttpResponse, 'status' | 'headers' | 'retryAfterMs'>,
  { have, size }: Question,
): Verdict {
  if (status === 200) return wholeFile(headers, size);
  if (status === 206 && have > 0) return restOf(headers, have, size);
  if (status === 416 && have > 0) return { kind: 'again' };
  const message = `the package server answers HTTP ${status}`;
  const passes = passing.includes(status) || (status >= 500 && !lasting.includes(status));
  return passes ? { kind: 'later', retryAfterMs, message } : { kind: 'failed', code: 'download-failed', message };
}

function wholeFile(headers: ReadonlyMap<string, string>, size: number): Verdict {
  const told = headers.get('content-length');
  if (told !== undefined && Number(told) !== size) return wrongSize(told, size);
  // With neither, the end of the connection is the end of the file, which a cut looks like as well (RFC 9112 6.3).
  return { kind: 'body', from: 0, endIsTold: told !== undefined || headers.has('transfer-encoding') };
}

function restOf(headers: ReadonlyMap<string, string>, have: number, size: number): Verdict {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (range === null || Number(range[1]) !== have) return { kind: 'again' };
  const total = range[3] ?? '*';
  if (total !== '*' && Number(total) !== size) return wrongSize(total, size);
  if (Number(range[2]) >= size) return { kind: 'again' };
  return { kind: 'body', from: have, endIsTold: Number(range[2]) === size - 1 };
}

export const wrongSize = (found: number | string, size: number): Verdict & { readonly kind: 'failed' } => ({
  kind: 'failed',
  code: 'size-mismatch',
  message: `the package has ${found} bytes at the server, and ${size} in the desired document`,
});

/** What lets a server tell whether it still has the file that was begun (RFC 9110 13.1.5): a strong tag, else the date. */
export function validatorOf(headers: ReadonlyMap<string, string>): string | null {
  const tag = headers.get('etag');
  if (tag !== undefined && tag.startsWith('"')) return tag;
  return headers.get('last-modified') ?? null;
}
