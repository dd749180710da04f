import { type CancelSignal, type Clock, delay } from '@jpd/protocol';
import { type Command, timestampMs } from '../../contract/index.ts';
import { type DiagnosticsSource, type HttpClient, HttpError, type HttpErrorCode, type Log } from '../../ports/index.ts';
import type { CommandOutcome, CommandRunner } from '../commands.ts';
import { within } from '../diagnostics/check.ts';
import { failed, refused, succeeded } from './outcomes.ts';

/** A bundle is a few megabytes: logs are capped, and text shrinks. */
const maxBytes = 50_000_000;
/** Making it and sending it, each. */
const stepMs = 300_000;
const attempts = 4;
const firstPauseMs = 2000;
const longestPauseMs = 60_000;
/** Percent: made, then sent. */
const made = 50;

export interface CollectContext {
  readonly clock: Clock;
  readonly log: Log;
  /** Null where this program has no way to make one. */
  readonly diagnostics: DiagnosticsSource | null;
  readonly http: HttpClient | null;
}

/** What the port allows, said before any work is done. Nothing of the URL is said: what follows its `?` is a secret. */
const isAllowed = (url: string): boolean => /^https:\/\/[^/?#]/i.test(url) || /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])([:/?#]|$)/i.test(url);

const badUrl = refused('invalid-params', 'params.upload must be an https:// URL (http:// to this computer only)');

/** Azure's blob store takes no PUT without it (Put Blob, x-ms-blob-type); others don't know it. */
const headersFor = (url: string): Readonly<Record<string, string>> => ({
  'content-type': 'application/zip',
  ...(/^https:\/\/[^/?#]*\.blob\.core\.windows\.net(:\d+)?\//i.test(url) ? { 'x-ms-blob-type': 'BlockBlob' } : {}),
});

type Upload = { readonly outcome: CommandOutcome } | { readonly again: CommandOutcome; readonly afterMs: number | null };

const isLasting = (status: number): boolean => status < 500 && status !== 408 && status !== 425 && status !== 429;

const lasting: readonly HttpErrorCode[] = ['tls', 'cancelled'];

const tooSlow: Upload = { again: failed('upload-failed', `the upload took more than ${stepMs / 1000} s`), afterMs: null };

async function put(http: HttpClient, url: string, body: Uint8Array, signal: CancelSignal): Promise<Upload> {
  try {
    const response = await http.request({ method: 'PUT', url, headers: headersFor(url), body }, signal);
    response.close();
    const { status, retryAfterMs } = response;
    if (status >= 200 && status < 300) return { outcome: { ...succeeded, data: { bytes: body.length } } };
    const answer = failed('upload-refused', `the server answered the upload with status ${status}`);
    return isLasting(status) ? { outcome: answer } : { again: answer, afterMs: retryAfterMs };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    if (error.code === 'refused-url') return { outcome: badUrl };
    const answer = failed('upload-failed', `the upload failed: ${error.message}`);
    return lasting.includes(error.code) ? { outcome: answer } : { again: answer, afterMs: null };
  }
}

/** As often as it may help, until the command expires. */
async function upload({ clock, http }: CollectContext, url: string, body: Uint8Array, expiresAt: number): Promise<CommandOutcome> {
  if (!http) return noWay;
  let pauseMs = firstPauseMs;
  for (let attempt = 1; ; attempt += 1) {
    const sent = (await within(clock, stepMs, (signal) => put(http, url, body, signal)))?.value ?? tooSlow;
    if ('outcome' in sent) return sent.outcome;
    const waitMs = Math.min(Math.max(pauseMs, sent.afterMs ?? 0), longestPauseMs);
    if (attempt === attempts || clock.now() + waitMs >= expiresAt) return sent.again;
    await delay(clock, waitMs);
    pauseMs *= 4;
  }
}

const noWay = refused('not-supported', 'this client has no way to collect diagnostics');

async function bundleOf({ clock, log, diagnostics }: CollectContext, id: string): Promise<Uint8Array | null> {
  try {
    return (await within(clock, stepMs, async (signal) => diagnostics?.bundle(signal)))?.value ?? null;
  } catch (error) {
    log.error('the diagnostics could not be put together', { commandId: id, error });
    return null;
  }
}

async function collect(context: CollectContext, { id, params, expiresAt }: Command, running: (percent: number) => void): Promise<CommandOutcome> {
  const { upload: url } = params;
  const bundle = await bundleOf(context, id);
  if (!bundle || typeof url !== 'string') return failed('not-collected', 'the diagnostics could not be put together; the log of the client says why');
  if (bundle.length > maxBytes) return failed('too-large', `the bundle has ${bundle.length} bytes, more than ${maxBytes}`);
  running(made);
  return upload(context, url, bundle, timestampMs(expiresAt));
}

/** `collect-diagnostics`: makes the bundle and PUTs it to `params.upload`. One at a time. */
export function collectDiagnostics(context: CollectContext): CommandRunner {
  let isRunning = false;
  return async (command, progress) => {
    const { upload: url } = command.params;
    if (!context.diagnostics || !context.http) return noWay;
    if (typeof url !== 'string' || !isAllowed(url)) return badUrl;
    if (isRunning) return refused('busy', 'diagnostics are being collected already');
    isRunning = true;
    progress.accepted();
    progress.running(0);
    try {
      return await collect(context, command, progress.running);
    } finally {
      isRunning = false;
    }
  };
}
