import type { Entropy, Json, StoreWrite } from '../ports/index.ts';
import type { Section } from './state/section.ts';

/** Who this PC is to the platform. */
export type Identity = {
  readonly organizationId: string;
  readonly clientId: string;
  /** SHA-256 of the machine's id: a cloned image makes itself a new client. */
  readonly machine: string;
  /** SHA-256 of organisation and enrolment token; the token itself isn't kept. Null while none was ever given. */
  readonly enrolment: string | null;
  readonly revoked: boolean;
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
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  const record = json as { readonly [key: string]: Json };
  const { organizationId, clientId, machine, enrolment, revoked } = record;
  if (typeof organizationId !== 'string' || typeof clientId !== 'string' || typeof machine !== 'string') return null;
  return { organizationId, clientId, machine, enrolment: typeof enrolment === 'string' ? enrolment : null, revoked: revoked === true };
}

/** Why the identity is as it is; `anew` and `cloned` start without anything that belonged to the one before. */
export type EnrolmentKind = 'first' | 'kept' | 'anew' | 'cloned';

/**
 * The identity for this start (contract 1 and 4): the one kept, unless the organisation or the token is another (enrolled anew),
 * or the machine is (a cloned image).
 */
export function enrol(
  section: Section<Identity>,
  input: EnrolmentInput,
  entropy: Entropy,
): { readonly kind: EnrolmentKind; readonly identity: Identity; readonly writes: readonly StoreWrite[] } {
  const machine = entropy.sha256(input.machineId);
  const enrolment = input.enrollmentToken === null ? null : entropy.sha256(`${input.organizationId}\n${input.enrollmentToken}`);
  const held = section.get(key);
  const fresh = { organizationId: input.organizationId, clientId: entropy.uuid(), machine, enrolment, revoked: false };
  if (!held) return { kind: 'first', identity: fresh, writes: [section.put(key, fresh)] };
  if (held.organizationId !== input.organizationId || (enrolment !== null && held.enrolment !== null && enrolment !== held.enrolment)) {
    return { kind: 'anew', identity: fresh, writes: [section.put(key, fresh)] };
  }
  if (held.machine !== machine) {
    const cloned = { ...fresh, enrolment: enrolment ?? held.enrolment };
    return { kind: 'cloned', identity: cloned, writes: [section.put(key, cloned)] };
  }
  const identity = { ...held, enrolment: enrolment ?? held.enrolment };
  return { kind: 'kept', identity, writes: [section.put(key, identity)] };
}

/** The platform revoked this client: nothing is ever sent again under this name. */
export function markRevoked(section: Section<Identity>, identity: Identity): StoreWrite {
  return section.put(key, { ...identity, revoked: true });
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
