import { type Credential, type Issued, isIssued, type Login, seemsExpired } from './credential.ts';
import type { EnrolmentKind, Identity } from './identity.ts';

/** The configuration as far as enrolment needs it. */
export interface EnrolmentSettings {
  readonly enrollmentToken: string | null;
  /** Where the platform hands out credentials; null where it is a bare broker. */
  readonly apiUrl: string | null;
  /** The administrator gave the agent a client certificate (`tls.certFile`): there is nothing to exchange. */
  readonly hasOwnCertificate: boolean;
}

/** What an exchange is asked for with. */
export type Voucher = { readonly by: 'token'; readonly token: string } | { readonly by: 'credential'; readonly of: Issued };

export interface Exchange {
  readonly do: 'exchange';
  readonly voucher: Voucher;
  readonly apiUrl: string;
}

/** What comes before the next connection. */
export type Step = { readonly do: 'connect' } | Exchange | { readonly do: 'renew'; readonly held: Issued };

/** Whether a credential is this client's own. Organisation and machine too: a state that was copied must not speak for the one it came from. */
function isOf({ organizationId, clientId, machine }: Issued, identity: Identity): boolean {
  return organizationId === identity.organizationId && clientId === identity.clientId && machine === identity.machine;
}

/**
 * What of the kept credential goes on, after `enrol` has said who this PC is. A token is kept as long as nothing better is: the configuration may
 * lose it once enrolled (contract 4). `isEnrolledWith` tells whether it is the one that the identity was enrolled with.
 */
export function carriedOver(
  held: Credential | null,
  kind: EnrolmentKind,
  identity: Identity,
  { enrollmentToken, hasOwnCertificate }: EnrolmentSettings,
  isEnrolledWith: (token: string) => boolean,
): Credential | null {
  if (identity.revoked) return null;
  if (isIssued(held)) {
    const isForeign = held.organizationId !== identity.organizationId || held.machine !== identity.machine;
    // Enrolled anew is enrolled by the new token, not by what the old one brought.
    if (!isForeign && kind !== 'anew' && kind !== 'cloned') return held;
  } else if (held !== null && enrollmentToken === null && kind !== 'anew' && isEnrolledWith(held.token)) return held;
  return enrollmentToken === null || hasOwnCertificate ? null : { kind: 'token', token: enrollmentToken };
}

function tokenOf(held: Credential | null, { enrollmentToken }: EnrolmentSettings): string | null {
  return enrollmentToken ?? (held?.kind === 'token' ? held.token : null);
}

/** What to ask the platform for a credential with, null where there is nothing. The token first: it doesn't depend on a client that may be gone. */
export function voucherFor(held: Credential | null, identity: Identity, settings: EnrolmentSettings): Exchange | null {
  const apiUrl = settings.apiUrl ?? (isIssued(held) ? held.apiUrl : null);
  if (apiUrl === null || settings.hasOwnCertificate) return null;
  const token = tokenOf(held, settings);
  if (token !== null) return { do: 'exchange', voucher: { by: 'token', token }, apiUrl };
  return isIssued(held) && !isOf(held, identity) ? { do: 'exchange', voucher: { by: 'credential', of: held }, apiUrl } : null;
}

/** What to do before the next connection. `now`: Unix milliseconds. */
export function nextStep(held: Credential | null, identity: Identity, settings: EnrolmentSettings, now: number): Step {
  if (isIssued(held) && isOf(held, identity)) return seemsExpired(held, now) ? { do: 'renew', held } : { do: 'connect' };
  return voucherFor(held, identity, settings) ?? { do: 'connect' };
}

/** What a connection shows. Never what is another client's. */
export function loginOf(held: Credential | null, identity: Identity, settings: EnrolmentSettings): Login {
  if (isIssued(held) && isOf(held, identity)) {
    return held.kind === 'secret'
      ? { password: held.secret, clientCertificate: null }
      : { password: null, clientCertificate: { certificate: held.certificate, privateKey: held.privateKey } };
  }
  // Beside the administrator's certificate, the token goes along only where the configuration says so.
  const password = settings.hasOwnCertificate ? settings.enrollmentToken : tokenOf(held, settings);
  return { password, clientCertificate: null };
}
