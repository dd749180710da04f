import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a server gives a file. */
export interface Delivery {
  /** Ranges are ignored. */
  readonly noRanges?: boolean;
  /** `"…"` or `W/"…"`; null for none. */
  readonly etag?: string | null;
  readonly lastModified?: string;
  /** Tells this Content-Length instead of the right one. */
  readonly claimedLength?: number;
  /** Tells no length at all: chunks. */
  readonly chunked?: boolean;
  /** Says in Content-Range that it begins so many bytes later than it does. */
  readonly shiftedBy?: number;
  /** The connection is cut after so many bytes of an answer. */
  readonly cutAfter?: number;
  /** Waits after so many bytes of an answer, until the server is told to resume. */
  readonly holdAfter?: number;
  /** A slow line: so many bytes at a time. */
  readonly pace?: { readonly bytes: number; readonly everyMs: number };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Gives what is asked for: all of it, or the range where that may be given (RFC 9110 13.1.5, 14.2). */
export async function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  { content, ...delivery }: Delivery & { readonly content: Uint8Array },
  released: () => Promise<void>,
): Promise<void> {
  const { etag = null, lastModified, noRanges = false } = delivery;
  const all = { from: 0, to: content.length };
  const asked = noRanges || !mayContinue(request, delivery) ? null : rangeOf(request.headers.range ?? '', content.length);
  if (asked !== null && asked.from >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const { from, to } = asked ?? all;
  const shifted = from + (delivery.shiftedBy ?? 0);
  response.writeHead(asked ? 206 : 200, {
    ...(delivery.chunked === true ? {} : { 'content-length': delivery.claimedLength ?? to - from }),
    ...(noRanges ? {} : { 'accept-ranges': 'bytes' }),
    ...(etag === null ? {} : { etag }),
    ...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
    ...(asked ? { 'content-range': `bytes ${shifted}-${to - 1}/${content.length}` } : {}),
  });
  // Whoever waits before the first byte has seen the head.
  response.flushHeaders();
  await send(response, content.subarray(from, to), delivery, released);
}

/** Without If-Range, or where it names what is there now. A weak tag never does. */
function mayContinue({ headers }: IncomingMessage, { etag = null, lastModified }: Delivery): boolean {
  const condition = headers['if-range'];
  return condition === undefined || (condition === etag && !condition.startsWith('W/')) || condition === lastModified;
}

function rangeOf(header: string, length: number): Range | null {
  const found = /^bytes=(\d+)-(\d*)$/.exec(header);
  if (!found) return null;
  const to = found[2] === undefined || found[2] === '' ? length : Math.min(Number(found[2]) + 1, length);
  return { from: Number(found[1]), to };
}

async function send(response: ServerResponse, content: Uint8Array, delivery: Delivery, released: () => Promise<void>): Promise<void> {
  const { cutAfter = Infinity, holdAfter = Infinity, pace } = delivery;
  const cutAt = Math.min(content.length, cutAfter);
  for (let sent = 0; sent < cutAt;) {
    if (sent === holdAfter) await released();
    const next = Math.min(cutAt, sent < holdAfter ? holdAfter : Infinity, sent + (pace?.bytes ?? 65_536));
    await written(response, content.subarray(sent, next));
    if (response.destroyed) return;
    sent = next;
    if (pace) await beat(pace.everyMs);
  }
  if (cutAt < content.length) response.destroy();
  else response.end();
}

/** When it is on its way: what is cut before that would never have been sent. */
function written(response: ServerResponse, part: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.write(part, () => {
      response.off('close', resolve);
      resolve();
    });
  });
}

const beat = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));
