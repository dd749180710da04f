import type { CancelSignal } from '@jpd/protocol';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** `https:`, or `http:` to loopback; anything else is refused before a socket is opened. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Of `Retry-After`, milliseconds from now; null where the server says nothing. */
  readonly retryAfterMs: number | null;
  /** Read it to its end, or call `close`. Rejects with `HttpError` where the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops what wasn't read. */
  close(): void;
}

/** Why no answer came, or not all of it. Only `refused-url` never passes by itself; `tls` does where the network's own page or a wrong clock was at fault. */
export type HttpErrorCode = 'refused-url' | 'network' | 'tls' | 'timeout' | 'cancelled';

/** HTTP through the proxy and the CAs that are configured; TLS is always verified, redirects stay on `https:`. An answer of any status is an answer. */
export interface HttpClient {
  /** Resolves with the headers. Rejects with `HttpError`. */
  request(request: HttpRequest, signal: CancelSignal): Promise<HttpResponse>;
}

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;

  /** `message`: one sentence, without secrets and without what follows `?` in the URL. */
  constructor(code: HttpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
