import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../testing/memory-store.ts';
import { isId } from '../../contract/index.ts';
import { enrol, type Enrolment, type EnrolmentInput, markRevoked, parseIdentity, renamed } from './identity.ts';
import { steadyEntropy } from '../testing/entropy.ts';
import { sectionOf } from '../testing/sections.ts';

const input: EnrolmentInput = { organizationId: 'acme', enrollmentToken: 'token-1', machineId: 'machine-1' };

async function pc() {
  const store = openMemoryStore();
  const entropy = steadyEntropy();
  const section = () => sectionOf('identity', parseIdentity, store);
  return {
    store,
    start: async (change: Partial<EnrolmentInput> = {}): Promise<Enrolment> => {
      const enrolment = enrol(await section(), { ...input, ...change }, entropy);
      await store.commit(enrolment.writes);
      return enrolment;
    },
    revoke: async () => {
      const held = await section();
      const identity = held.get('identity');
      if (!identity) throw new Error('not enrolled');
      await store.commit([markRevoked(held, identity, 1_000).write]);
    },
    rename: async () => {
      const held = await section();
      const identity = held.get('identity');
      if (!identity) throw new Error('not enrolled');
      const next = renamed(held, identity, entropy);
      await store.commit([next.write]);
      return next.identity;
    },
    text: async () => JSON.stringify([...(await store.load('identity'))]),
  };
}

describe('enrolment', () => {
  it('makes a client id at the first start and keeps it', async () => {
    const { start } = await pc();
    const first = await start();
    expect(first.kind).toBe('first');
    expect(isId(first.identity.clientId)).toBe(true);
    const second = await start();
    expect(second).toMatchObject({ kind: 'kept', identity: first.identity });
  });

  it('keeps a hash of the token and of the machine’s id, never these themselves', async () => {
    const { start, text } = await pc();
    const { identity } = await start();
    expect(identity.enrolment).toMatch(/^[0-9a-f]{64}$/);
    expect(await text()).not.toContain('token-1');
    expect(await text()).not.toContain('machine-1');
  });

  it('needs no token any more once it is done, and remembers which one it was', async () => {
    const { start } = await pc();
    const { identity } = await start();
    expect(await start({ enrollmentToken: null })).toMatchObject({ kind: 'kept', identity });
    expect(await start()).toMatchObject({ kind: 'kept', identity });
    expect((await start({ enrollmentToken: null })).kind).toBe('kept');
    expect((await start({ enrollmentToken: 'token-2' })).kind).toBe('anew');
  });

  it.each([
    ['another token', { enrollmentToken: 'token-2' }],
    ['another organisation', { organizationId: 'globex' }],
    ['another organisation without a token', { organizationId: 'globex', enrollmentToken: null }],
  ])('is done anew with %s, revoked or not', async (_, change) => {
    for (const isRevoked of [false, true]) {
      const { start, revoke } = await pc();
      const { identity } = await start();
      if (isRevoked) await revoke();
      const anew = await start(change);
      expect(anew.kind).toBe('anew');
      expect(anew.identity.clientId).not.toBe(identity.clientId);
      expect(anew.identity.revoked).toBe(false);
      expect((await start(change)).identity).toEqual(anew.identity);
    }
  });

  it('is done anew when an earlier token comes back', async () => {
    const { start } = await pc();
    await start();
    await start({ enrollmentToken: 'token-2' });
    expect((await start()).kind).toBe('anew');
  });

  it('stays revoked over restarts, with the same token and without', async () => {
    const { start, revoke } = await pc();
    const { identity } = await start();
    await revoke();
    expect(await start()).toMatchObject({ kind: 'kept', identity: { ...identity, revoked: true } });
    expect(await start({ enrollmentToken: null })).toMatchObject({ kind: 'kept', identity: { ...identity, revoked: true } });
  });

  it('takes the first token as the client’s own where there was none, and as another one where that client was revoked', async () => {
    const { start } = await pc();
    const { identity } = await start({ enrollmentToken: null });
    const named = await start();
    expect(named).toMatchObject({ kind: 'kept', identity: { clientId: identity.clientId } });
    expect((await start({ enrollmentToken: 'token-2' })).kind).toBe('anew');
    const other = await pc();
    await other.start({ enrollmentToken: null });
    await other.revoke();
    expect((await other.start()).kind).toBe('anew');
  });

  it('makes a new client on another machine, of the same enrolment', async () => {
    const { start } = await pc();
    const { identity } = await start();
    const cloned = await start({ machineId: 'machine-2', enrollmentToken: null });
    expect(cloned.kind).toBe('cloned');
    expect(cloned.identity.clientId).not.toBe(identity.clientId);
    expect(cloned.identity.enrolment).toBe(identity.enrolment);
    expect((await start({ machineId: 'machine-2' })).identity).toEqual(cloned.identity);
  });

  it('does not lift a revocation because the machine has another id now', async () => {
    const { start, revoke } = await pc();
    await start();
    await revoke();
    expect(await start({ machineId: 'machine-2' })).toMatchObject({ kind: 'cloned', identity: { revoked: true } });
  });

  it('keeps everything but the client id where another PC uses that', async () => {
    const { start, rename } = await pc();
    const { identity } = await start();
    const next = await rename();
    expect(next).toEqual({ ...identity, clientId: next.clientId });
    expect(next.clientId).not.toBe(identity.clientId);
    expect(await start()).toMatchObject({ kind: 'kept', identity: next });
  });

  it('starts over where the record cannot be read', async () => {
    const { store, start } = await pc();
    await store.commit([{ section: 'identity', key: 'identity', value: { clientId: 7 } }]);
    expect((await start()).kind).toBe('first');
  });
});
