import type { CancelSignal, Clock } from '@jpd/protocol';
import { type CredentialRequest, proofText } from '../../contract/index.ts';
import type { ClientKeys, Entropy, HttpClient, NewClientKey } from '../../ports/index.ts';
import { askForCredential, type ClientApiAnswer, type ClientApiCall } from './client-api.ts';
import { issued, type Issued } from './credential.ts';
import type { Identity } from './identity.ts';
import type { Step, Voucher } from './plan.ts';

/** A step that needs the platform. */
export type Request = Exclude<Step, { readonly do: 'connect' }>;

export interface ExchangeParts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly http: HttpClient;
  readonly keys: ClientKeys;
  readonly settings: { readonly apiUrl: string | null; readonly clientVersion: string };
}

export type Outcome =
  { readonly status: 'issued'; readonly credential: Issued } | Exclude<ClientApiAnswer, { readonly status: 'issued' | 'csr-required' }>;

/** Where a step is asked for. A credential is renewed where it came from, unless the configuration says otherwise by now. */
function apiUrlOf(step: Request, { settings }: ExchangeParts): string {
  return step.do === 'renew' ? (settings.apiUrl ?? step.held.apiUrl) : step.apiUrl;
}

/**
 * Asks the platform for a credential of this identity, and again with a certificate request where it wants one; a certificate is renewed with a
 * new key. Checks that a certificate is of the key that was made here: another one would shut this client out.
 */
export async function exchange(parts: ExchangeParts, step: Request, identity: Identity, cancel: CancelSignal): Promise<Outcome> {
  const { clock, entropy, keys } = parts;
  const ask = async (newKey: NewClientKey | null): Promise<ClientApiAnswer> =>
    askForCredential(parts, await callOf(parts, step, identity, newKey), cancel);
  let key = step.do === 'renew' && step.held.kind === 'certificate' ? await keys.create(identity) : null;
  let answer = await ask(key);
  if (answer.status === 'csr-required' && key === null) {
    key = await keys.create(identity);
    answer = await ask(key);
  }
  if (answer.status === 'csr-required') return { status: 'refused', message: 'the platform refuses the certificate request' };
  if (answer.status !== 'issued') return answer;
  const made = { apiUrl: apiUrlOf(step, parts), now: clock.now(), random: entropy.random(), privateKey: key?.privateKey ?? null };
  const credential = issued(answer.credential, identity, made);
  const isOurs = credential !== null && (credential.kind === 'secret' || (await keys.isCertificateOf(credential.certificate, credential.privateKey)));
  if (isOurs) return { status: 'issued', credential };
  return { status: 'later', retryAfterMs: null, message: 'the platform gave a certificate of a key that is not ours' };
}

async function callOf(parts: ExchangeParts, step: Request, { organizationId, clientId }: Identity, key: NewClientKey | null): Promise<ClientApiCall> {
  const { keys, settings } = parts;
  const action = step.do === 'renew' ? 'renew' : 'enrol';
  const common = { apiUrl: apiUrlOf(step, parts), action } as const;
  const request: CredentialRequest = { organizationId, clientId, clientVersion: settings.clientVersion, ...(key === null ? {} : { csr: key.csr }) };
  const voucher: Voucher = step.do === 'renew' ? { by: 'credential', of: step.held } : step.voucher;
  if (voucher.by === 'token') return { ...common, bearer: voucher.token, request };
  const { of } = voucher;
  const asked: CredentialRequest = step.do === 'renew' ? request : { ...request, fromClientId: of.clientId };
  if (of.kind === 'secret') return { ...common, bearer: of.secret, request: asked };
  const signature = await keys.sign(of.privateKey, proofText(action, asked));
  return { ...common, bearer: null, request: { ...asked, proof: { certificate: of.certificate, signature } } };
}
