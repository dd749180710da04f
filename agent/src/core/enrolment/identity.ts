import type { Entropy, Json, StoreWrite } from '../../ports/index.ts';
import { isJsonObject } from '../state/json-object.ts';
import type { Section } from '../state/section.ts';

/** Who this PC is to the platform. */
export type Identity = {
  readonly organizationId: string;
  readonly clientId: string;
  /** SHA-256 of the machine's id: a cloned image makes itself a new client. */
  readonly machine: string;
  /** SHA-256 of organisation and enrolment token; the token itself isn't kept. Null while none was ever given. */
  readonly enrolment: string | null;
  readonly revoked: boolean;
  /** When this PC was told so, Unix milliseconds; absent where it wasn't noted. */
  readonly revokedAt?: number;
};

/** What the configuration says of the enrolment. */
export interface EnrolmentInput {
  readonly organizationId: string;
  /** May be missing once enrolled. */
  readonly enrollmentToken: string | null;
  readonly machineId: string;
}

const key = 'identity';

export function parseIdentity(json: Json): Identity | null {
  if (!isJsonObject(json)) return null;
  const { organizationId, clientId, machine, enrolment, revoked, revokedAt } = json;
  if (typeof organizationId !== 'string' || typeof clientId !== 'string' || typeof machine !== 'string') return null;
  return {
    organizationId,
    clientId,
    machine,
    enrolment: typeof enrolment === 'string' ? enrolment : null,
    revoked: revoked === true,
    ...(typeof revokedAt === 'number' ? { revokedAt } : {}),
  };
}

/** What is kept of a token: which one it was. */
export function enrolmentHash(organizationId: string, token: string, entropy: Entropy): string {
  return entropy.sha256(`${organizationId}\n${token}`);
}

/** Why the identity is as it is; all but `kept` start without anything that belonged to the one before. */
export type EnrolmentKind = 'first' | 'kept' | 'anew' | 'cloned';

export interface Enrolment {
  readonly kind: EnrolmentKind;
  readonly identity: Identity;
  readonly writes: readonly StoreWrite[];
}

/**
 * The identity for this start (contract 1 and 4): the one kept, unless the organisation or the token is another (enrolled anew),
 * or the machine is (a cloned image, which is as revoked as its original).
 */
export function enrol(section: Section<Identity>, input: EnrolmentInput, entropy: Entropy): Enrolment {
  const { organizationId, enrollmentToken } = input;
  const machine = entropy.sha256(input.machineId);
  const enrolment = enrollmentToken === null ? null : enrolmentHash(organizationId, enrollmentToken, entropy);
  const held = section.get(key);
  const enrolled = (kind: EnrolmentKind, identity: Identity): Enrolment => ({ kind, identity, writes: [section.put(key, identity)] });
  const fresh = { organizationId, clientId: entropy.uuid(), machine, enrolment, revoked: false };
  if (!held) return enrolled('first', fresh);
  if (held.organizationId !== organizationId || isAnotherToken(held, enrolment)) return enrolled('anew', fresh);
  const same = { ...held, enrolment: enrolment ?? held.enrolment };
  return held.machine === machine ? enrolled('kept', same) : enrolled('cloned', { ...same, clientId: fresh.clientId, machine });
}

/** A token where there was none before belongs to the client that has been here all the time, unless that was sent away. */
function isAnotherToken({ enrolment, revoked }: Identity, next: string | null): boolean {
  if (next === null) return false;
  return enrolment === null ? revoked : enrolment !== next;
}

/** The platform revoked this client: nothing is ever sent again under this name. */
export function markRevoked(
  section: Section<Identity>,
  identity: Identity,
  revokedAt: number,
): { readonly identity: Identity; readonly write: StoreWrite } {
  const next = { ...identity, revoked: true, revokedAt };
  return { identity: next, write: section.put(key, next) };
}

/** Another client uses this id (a clone that was found out while running): take a new one. */
export function renamed(
  section: Section<Identity>,
  identity: Identity,
  entropy: Entropy,
): { readonly identity: Identity; readonly write: StoreWrite } {
  const next = { ...identity, clientId: entropy.uuid() };
  return { identity: next, write: section.put(key, next) };
}
