import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Credential, fromKept, type Issued, msUntilRenewal, renewAfter, seemsExpired, toKept } from './credential.ts';
import type { EnrolmentKind, Identity } from './identity.ts';
import { carriedOver, type EnrolmentSettings, loginOf, nextStep } from './plan.ts';

const identity: Identity = { organizationId: 'acme', clientId: 'client-1', machine: 'm1', enrolment: 'hash of token', revoked: false };
const own: Issued = {
  organizationId: 'acme',
  clientId: 'client-1',
  machine: 'm1',
  apiUrl: 'https://api.example',
  issuedAt: 1000,
  lifetimeMs: 9000,
  renewAfterMs: 6000,
  kind: 'secret',
  secret: 'own-secret',
};
const token: Credential = { kind: 'token', token: 'token' };
const bare: EnrolmentSettings = { enrollmentToken: 'token', apiUrl: null, hasOwnCertificate: false };
const withApi: EnrolmentSettings = { ...bare, apiUrl: 'https://api.example' };
const isEnrolledWith = (given: string): boolean => identity.enrolment === `hash of ${given}`;

describe('what is carried over into a start', () => {
  const keep = (held: Credential | null, kind: EnrolmentKind, settings: EnrolmentSettings, change: Partial<Identity> = {}): Credential | null =>
    carriedOver(held, kind, { ...identity, ...change }, settings, isEnrolledWith);

  it.each(['first', 'kept'] as const)('is the credential of this machine and organisation (%s)', (kind) => {
    expect(keep(own, kind, withApi)).toEqual(own);
    expect(keep(own, kind, { ...bare, enrollmentToken: null })).toEqual(own);
  });

  it.each(['anew', 'cloned'] as const)('is no credential of who this PC was before (%s)', (kind) => {
    expect(keep(own, kind, withApi)).toEqual(token);
    expect(keep(own, kind, { ...withApi, enrollmentToken: null })).toBeNull();
  });

  it('is nothing of another machine or organisation, and nothing of a revoked client', () => {
    expect(keep({ ...own, machine: 'm2' }, 'kept', { ...withApi, enrollmentToken: null })).toBeNull();
    expect(keep({ ...own, organizationId: 'globex' }, 'kept', { ...withApi, enrollmentToken: null })).toBeNull();
    expect(keep(own, 'kept', withApi, { revoked: true })).toBeNull();
  });

  it('is the token of the configuration where there is nothing better, and the kept one only where it is that of the enrolment', () => {
    const without = { ...bare, enrollmentToken: null };
    expect(keep(null, 'first', bare)).toEqual(token);
    expect(keep({ kind: 'token', token: 'older' }, 'kept', bare)).toEqual(token);
    expect(keep(token, 'kept', without)).toEqual(token);
    expect(keep({ kind: 'token', token: 'older' }, 'kept', without)).toBeNull();
    expect(keep(token, 'anew', without)).toBeNull();
    expect(keep(null, 'first', { ...bare, hasOwnCertificate: true })).toBeNull();
  });
});

describe('what comes before a connection', () => {
  const step = (held: Credential | null, settings: EnrolmentSettings, now = 2000, change: Partial<Identity> = {}) =>
    nextStep(held, { ...identity, ...change }, settings, now);

  it('is nothing for a bare broker, for a credential of one’s own, and for a certificate of the administrator', () => {
    expect(step(token, bare)).toEqual({ do: 'connect' });
    expect(step(null, { ...bare, enrollmentToken: null })).toEqual({ do: 'connect' });
    expect(step(own, withApi)).toEqual({ do: 'connect' });
    expect(step(token, { ...withApi, hasOwnCertificate: true })).toEqual({ do: 'connect' });
  });

  it('is an exchange where there is an API: by the token, else by the credential of who this client was', () => {
    const voucher = { by: 'token', token: 'token' };
    expect(step(token, withApi)).toEqual({ do: 'exchange', apiUrl: 'https://api.example', voucher });
    expect(step(token, { ...withApi, enrollmentToken: null })).toMatchObject({ voucher });
    expect(step(own, withApi, 2000, { clientId: 'client-2' })).toMatchObject({ do: 'exchange', voucher });
    const without = { ...bare, enrollmentToken: null };
    expect(step(own, without, 2000, { clientId: 'client-2' })).toEqual({
      do: 'exchange',
      apiUrl: own.apiUrl,
      voucher: { by: 'credential', of: own },
    });
  });

  it('is a renewal where it ran out by this PC’s clock', () => {
    expect(step(own, bare, 9999)).toEqual({ do: 'connect' });
    expect(step(own, bare, 10_000)).toEqual({ do: 'renew', held: own });
  });
});

it('a connection shows what is this client’s own, and never what was another’s', () => {
  expect(loginOf(own, identity, withApi)).toEqual({ password: 'own-secret', clientCertificate: null });
  for (const other of [{ clientId: 'client-2' }, { organizationId: 'globex' }, { machine: 'm2' }]) {
    expect(loginOf(own, { ...identity, ...other }, { ...withApi, enrollmentToken: null }).password).toBeNull();
    expect(loginOf(own, { ...identity, ...other }, bare).password).toBe('token');
  }
});

describe('the time of a renewal', () => {
  it('lies between half and two thirds of the lifetime', () => {
    expect(renewAfter(12_000, 0)).toBe(6000);
    expect(renewAfter(12_000, 0.999_999)).toBe(8000);
  });

  it('comes, whatever the clock does: not later than a whole interval from now, and never before now', () => {
    expect(msUntilRenewal(own, 1000)).toBe(6000);
    expect(msUntilRenewal(own, 7000)).toBe(0);
    expect(msUntilRenewal(own, 99_000_000)).toBe(0);
    // Set back by years.
    expect(msUntilRenewal(own, -99_000_000)).toBe(6000);
    expect(seemsExpired(own, -99_000_000)).toBe(false);
  });
});

it('what is kept is what is read again, whatever it is', () => {
  const text = fc.string({ minLength: 1, maxLength: 40 });
  const facts = fc.record({
    organizationId: text,
    clientId: text,
    machine: text,
    apiUrl: text,
    issuedAt: fc.integer(),
    lifetimeMs: fc.nat(),
    renewAfterMs: fc.nat(),
  });
  const credential = fc.oneof(
    text.map((value): Credential => ({ kind: 'token', token: value })),
    fc.tuple(facts, text).map(([of, secret]): Credential => ({ ...of, kind: 'secret', secret })),
    fc.tuple(facts, text, text).map(([of, certificate, privateKey]): Credential => ({ ...of, kind: 'certificate', certificate, privateKey })),
  );
  fc.assert(
    fc.property(credential, (value) => {
      const kept = toKept(value);
      expect(fromKept(kept)).toEqual(value);
      // No fact is a secret: facts may be shown.
      expect(Object.keys(kept.facts)).not.toContain('secret');
      expect(Object.keys(kept.facts)).not.toContain('privateKey');
      expect(Object.keys(kept.facts)).not.toContain('token');
    }),
    { numRuns: 50 },
  );
  expect(fromKept({ secrets: {}, facts: { kind: 'secret' } })).toBeNull();
  expect(fromKept({ secrets: { token: 't' }, facts: { kind: 'newer' } })).toBeNull();
});
