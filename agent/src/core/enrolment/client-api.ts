import { CancelSource, type CancelSignal, type Clock } from '@jpd/protocol';
import {
  answerOf,
  clientApiErrorSchema,
  clientApiPaths,
  type CredentialRequest,
  type IssuedCredential,
  issuedCredentialSchema,
} from '../../contract/index.ts';
import { HttpError, type HttpClient, type HttpResponse } from '../../ports/index.ts';

/** What the platform's answer means to the client that asked. */
export type ClientApiAnswer =
  | { readonly status: 'issued'; readonly credential: IssuedCredential }
  /** It gives certificates: ask again with a request for one. */
  | { readonly status: 'csr-required' }
  /** There is no such API at that address. */
  | { readonly status: 'not-offered'; readonly message: string }
  /** Somebody else is this client: take another id. */
  | { readonly status: 'client-exists' }
  /** Token or credential isn't accepted. Repeating it soon won't change that. */
  | { readonly status: 'refused'; readonly message: string }
  /** Network, a busy server, an answer that makes no sense: it may pass. */
  | { readonly status: 'later'; readonly retryAfterMs: number | null; readonly message: string };

export interface ClientApiCall {
  readonly apiUrl: string;
  readonly action: keyof typeof clientApiPaths;
  /** Token or secret; null where the request carries a proof. */
  readonly bearer: string | null;
  readonly request: CredentialRequest;
}

export interface ClientApiParts {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** For the whole exchange. A platform that takes longer is asked again. */
const answerMs = 30_000;
/** The largest answer is a chain of certificates. */
const maxAnswerBytes = 131_072;

/** Answers of a server that knows nothing of this API. */
const absent: readonly number[] = [404, 405, 501];

/** Asks for a credential, or for its renewal. Never rejects. */
export async function askForCredential(parts: ClientApiParts, call: ClientApiCall, cancel: CancelSignal): Promise<ClientApiAnswer> {
  const source = new CancelSource();
  const onCancel = (): void => {
    source.cancel();
  };
  cancel.addEventListener('abort', onCancel);
  if (cancel.aborted) source.cancel();
  const timer = parts.clock.setTimer(answerMs, onCancel);
  try {
    return await ask(parts.http, call, source.signal);
  } catch (error) {
    const message = error instanceof HttpError ? error.message : 'the platform could not be asked for a credential';
    return { status: 'later', retryAfterMs: null, message };
  } finally {
    timer.cancel();
    cancel.removeEventListener('abort', onCancel);
  }
}

async function ask(http: HttpClient, { apiUrl, action, bearer, request }: ClientApiCall, signal: CancelSignal): Promise<ClientApiAnswer> {
  const url = `${apiUrl.replace(/\/+$/, '')}/${clientApiPaths[action]}`;
  const body = JSON.stringify(request);
  const authorization = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...authorization };
  const response = await http.request({ method: 'POST', url, headers, body }, signal);
  const { status, retryAfterMs } = response;
  const json = await bodyOf(response);
  if (status === 200 || status === 201) {
    const parsed = issuedCredentialSchema.safeParse(json);
    if (parsed.success) return { status: 'issued', credential: parsed.data };
    return { status: 'later', retryAfterMs, message: 'the platform answered with something that is no credential' };
  }
  const error = clientApiErrorSchema.safeParse(json);
  const code = error.success ? error.data.code : null;
  if (status === 422 && code === 'csr-required') return { status: 'csr-required' };
  if (status === 409 && code === 'client-exists') return { status: 'client-exists' };
  const message = `the platform answered ${status}${error.success ? `: ${error.data.message}` : ''}`;
  // A server that knows the API says so in its errors; "not found" of another kind is a page of something else.
  if (absent.includes(status) && code !== 'revoked') return { status: 'not-offered', message };
  if (status === 401 || status === 403 || code === 'revoked') return { status: 'refused', message };
  return { status: 'later', retryAfterMs, message };
}

/** The JSON of an answer; null where it is none, or too long to be one. */
async function bodyOf(response: HttpResponse): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > maxAnswerBytes) {
      response.close();
      return null;
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return answerOf(bytes);
}
