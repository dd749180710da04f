import { type CredentialRequest, credentialRequestSchema, proofText } from '../../contract/index.ts';
import { type ClientKeys, HttpError, type HttpClient, type HttpRequest, type HttpResponse } from '../../ports/index.ts';

/** What a test sees of a call. */
export interface ClientApiCallSeen {
  readonly url: string;
  readonly bearer: string | null;
  readonly request: CredentialRequest;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs?: number;
}

const encoder = new TextEncoder();

function response({ status, body, retryAfterMs = 0 }: Answer): HttpResponse {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    // In two pieces, as a network may deliver it.
    yield encoder.encode(text.slice(0, 7));
    yield encoder.encode(text.slice(7));
  }
  return { status, headers: new Map(), retryAfterMs: retryAfterMs === 0 ? null : retryAfterMs, body: bytes(), close: () => undefined };
}

/** Keys that are names: what is signed and requested can be read. */
export class ScriptedKeys implements ClientKeys {
  #made = 0;

  async create({ clientId }: { readonly organizationId: string; readonly clientId: string }): Promise<{ privateKey: string; csr: string }> {
    this.#made += 1;
    return { privateKey: `key-${this.#made}`, csr: `request of key-${this.#made} for ${clientId}` };
  }

  sign = async (privateKey: string, text: string): Promise<string> => signatureOf(privateKey, text);
  isCertificateOf = async (certificate: string, privateKey: string): Promise<boolean> => certificate.includes(` ${privateKey} `);
}

/** 86 characters that no other key and text have. */
function signatureOf(privateKey: string, text: string): string {
  let hash = 7;
  for (const character of `${privateKey}|${text}`) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 4_294_967_291;
  return `${privateKey}-${hash}`.padEnd(86, 'x');
}

/** The platform's API for clients, as far as docs/contract.md tells of it. What goes wrong is scripted. */
export class ScriptedClientApi implements HttpClient {
  readonly calls: ClientApiCallSeen[] = [];
  readonly tokens = new Set(['token']);
  /** What is given; changing it changes what the next exchange gives. */
  kind: 'secret' | 'certificate' = 'secret';
  validSeconds = 86_400;
  /** False: no network. */
  online = true;
  /** Answers the next calls, then as a platform does again. */
  readonly answers: Answer[] = [];
  /** Clients that somebody else is. */
  readonly taken = new Set<string>();
  /** What each client logs in with; an entry that is deleted was revoked. */
  readonly valid = new Map<string, string>();
  #given = 0;

  async request({ url, headers = {}, body = '' }: HttpRequest): Promise<HttpResponse> {
    const request = credentialRequestSchema.parse(JSON.parse(String(body)));
    const bearer = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? null;
    this.calls.push({ url, bearer, request });
    if (!this.online) throw new HttpError('network', 'the platform cannot be reached');
    return response(this.answers.shift() ?? this.#answer(url, bearer, request));
  }

  #answer(url: string, bearer: string | null, request: CredentialRequest): Answer {
    const { clientId, fromClientId, csr, proof } = request;
    const action = url.endsWith('/renew') ? 'renew' : 'enrol';
    const asking = action === 'renew' ? clientId : (fromClientId ?? clientId);
    const isToken = bearer !== null && this.tokens.has(bearer) && action === 'enrol' && fromClientId === undefined;
    if (!isToken && !this.#isOf(asking, bearer, proof, proofText(action, request))) return refusal(401, 'unauthorized');
    if (action === 'enrol' && this.taken.has(clientId)) return refusal(409, 'client-exists');
    if (this.kind === 'secret') return this.#give(clientId, { kind: 'secret', secret: `issued-secret-no-${(this.#given += 1)}` });
    if (csr === undefined) return refusal(422, 'csr-required');
    const key = /key-\d+/.exec(csr)?.[0] ?? '';
    return this.#give(clientId, { kind: 'certificate', certificate: `-----BEGIN CERTIFICATE----- ${key} for ${clientId}` });
  }

  #give(clientId: string, credential: { kind: 'secret'; secret: string } | { kind: 'certificate'; certificate: string }): Answer {
    this.valid.set(clientId, credential.kind === 'secret' ? credential.secret : credential.certificate);
    return { status: 201, body: { ...credential, validSeconds: this.validSeconds } };
  }

  #isOf(clientId: string, bearer: string | null, proof: CredentialRequest['proof'], text: string): boolean {
    const valid = this.valid.get(clientId);
    if (valid === undefined) return false;
    if (proof === undefined) return bearer === valid;
    const key = / (key-\d+) /.exec(proof.certificate)?.[1] ?? '';
    return proof.certificate === valid && proof.signature === signatureOf(key, text);
  }
}

function refusal(status: number, code: string): Answer {
  return { status, body: { code, message: `refused: ${code}` } };
}
