import type { IssuedCredential } from '../../contract/index.ts';
import type { KeptSecrets } from '../../ports/index.ts';
import type { Identity } from './identity.ts';

/** What the platform gave this client alone, and for how long. */
export interface IssuedFacts {
  readonly organizationId: string;
  readonly clientId: string;
  /** As `Identity.machine`. */
  readonly machine: string;
  /** Where it came from, and where it is renewed. */
  readonly apiUrl: string;
  /** Unix milliseconds of this PC's clock. */
  readonly issuedAt: number;
  readonly lifetimeMs: number;
  /** After `issuedAt`; drawn once, so that a fleet that was enrolled together isn't renewed together. */
  readonly renewAfterMs: number;
}

export type Issued = IssuedFacts &
  (
    | { readonly kind: 'secret'; readonly secret: string }
    /** PEM both. The key was made here and is never sent. */
    | { readonly kind: 'certificate'; readonly certificate: string; readonly privateKey: string }
  );

/** What is kept to log in with. */
export type Credential = { readonly kind: 'token'; readonly token: string } | Issued;

/** What a connection shows. */
export interface Login {
  readonly password: string | null;
  readonly clientCertificate: { readonly certificate: string; readonly privateKey: string } | null;
}

export function isIssued(credential: Credential | null): credential is Issued {
  return credential !== null && credential.kind !== 'token';
}

/** Between half and two thirds of the lifetime: late enough to be worth it, early enough for a laptop that was off for a third of it. */
export function renewAfter(lifetimeMs: number, random: number): number {
  return Math.round(lifetimeMs * (1 / 2 + random / 6));
}

/** How long until it is to be renewed. A clock that was set back must not make it longer. */
export function msUntilRenewal({ issuedAt, renewAfterMs }: IssuedFacts, now: number): number {
  return Math.max(0, Math.min(issuedAt + renewAfterMs - now, renewAfterMs));
}

/** By this PC's clock, which may be wrong: it is a reason to renew before connecting, not one to stay away. */
export function seemsExpired({ issuedAt, lifetimeMs }: IssuedFacts, now: number): boolean {
  return now - issuedAt >= lifetimeMs;
}

/** A credential that came, with what is needed to use and renew it. `privateKey` is of the request's CSR, null where none was sent. */
export function issued(
  answer: IssuedCredential,
  { organizationId, clientId, machine }: Identity,
  { apiUrl, now, random, privateKey }: { readonly apiUrl: string; readonly now: number; readonly random: number; readonly privateKey: string | null },
): Issued | null {
  const lifetimeMs = answer.validSeconds * 1000;
  const facts = { organizationId, clientId, machine, apiUrl, issuedAt: now, lifetimeMs, renewAfterMs: renewAfter(lifetimeMs, random) };
  if (answer.kind === 'secret') return { ...facts, kind: 'secret', secret: answer.secret };
  return privateKey === null ? null : { ...facts, kind: 'certificate', certificate: answer.certificate, privateKey };
}

export function toKept(credential: Credential): KeptSecrets {
  if (credential.kind === 'token') return { secrets: { token: credential.token }, facts: { kind: 'token' } };
  if (credential.kind === 'secret') {
    const { secret, ...facts } = credential;
    return { secrets: { secret }, facts: { ...facts } };
  }
  const { privateKey, ...facts } = credential;
  return { secrets: { privateKey }, facts: { ...facts } };
}

/** Null for what an older or newer version kept in another form. */
export function fromKept({ secrets, facts }: KeptSecrets): Credential | null {
  const { token, secret, privateKey } = secrets;
  const { kind, organizationId, clientId, machine, apiUrl, issuedAt, lifetimeMs, renewAfterMs, certificate } = facts;
  if (kind === 'token') return token === undefined ? null : { kind, token };
  if (typeof organizationId !== 'string' || typeof clientId !== 'string' || typeof machine !== 'string' || typeof apiUrl !== 'string') return null;
  if (typeof issuedAt !== 'number' || typeof lifetimeMs !== 'number' || typeof renewAfterMs !== 'number') return null;
  const of = { organizationId, clientId, machine, apiUrl, issuedAt, lifetimeMs, renewAfterMs };
  if (kind === 'secret') return secret === undefined ? null : { ...of, kind, secret };
  if (kind !== 'certificate' || typeof certificate !== 'string' || privateKey === undefined) return null;
  return { ...of, kind, certificate, privateKey };
}
