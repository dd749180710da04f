import { describe, expect, it } from 'vitest';
import { openMemoryStore } from './testing/memory-store.ts';
import type { Store } from '../ports/index.ts';
import { LoginGate } from './login-gate.ts';
import { LinkState, parseLinkRecord } from './platform/link-state.ts';
import { sectionOf } from './testing/sections.ts';

const retained = { retained: true, beforeSuback: false };
const queued = { retained: false, beforeSuback: true };
const live = { retained: false, beforeSuback: false };

const gateOf = async (store: Store, loginSessionId: string): Promise<LoginGate> =>
  new LoginGate(new LinkState(await sectionOf('link', parseLinkRecord, store)), loginSessionId);

const establish = async (gate: LoginGate, store: Store): Promise<void> => {
  gate.connected();
  await store.commit(gate.established());
};

describe('a desired document', () => {
  it('counts as published before the login at its first connect, retained or queued, and not when it comes later', async () => {
    const gate = await gateOf(openMemoryStore(), 'login-1');
    gate.connected();
    expect([retained, queued, live].map((how) => gate.waitsFor(how))).toEqual([null, null, 'login-1']);
    gate.established();
    expect([retained, queued, live].map((how) => gate.waitsFor(how))).toEqual([null, null, 'login-1']);
  });

  it('waits at the second connect of a login, over a restart too', async () => {
    const store = openMemoryStore();
    await establish(await gateOf(store, 'login-1'), store);
    const gate = await gateOf(store, 'login-1');
    gate.connected();
    expect([retained, queued, live].map((how) => gate.waitsFor(how))).toEqual(['login-1', 'login-1', 'login-1']);
  });

  it('does not wait at the second connect where the first one was never established', async () => {
    const gate = await gateOf(openMemoryStore(), 'login-1');
    gate.connected();
    gate.connected();
    expect(gate.waitsFor(retained)).toBeNull();
  });

  it('does not wait at the first connect of another login', async () => {
    const store = openMemoryStore();
    await establish(await gateOf(store, 'login-1'), store);
    const gate = await gateOf(store, 'login-2');
    gate.connected();
    expect(gate.waitsFor(retained)).toBeNull();
  });

  it('waits for the new login to end where that began over an established connection, at the next connect as well', async () => {
    const store = openMemoryStore();
    const gate = await gateOf(store, 'login-1');
    await establish(gate, store);
    expect(gate.changed('login-2', true)).toEqual([{ section: 'link', key: 'login', value: { loginSessionId: 'login-2' } }]);
    expect(gate.loginSessionId).toBe('login-2');
    expect([retained, live].map((how) => gate.waitsFor(how))).toEqual(['login-2', 'login-2']);
    gate.connected();
    expect(gate.waitsFor(retained)).toBe('login-2');
  });

  it('does not wait where the login began while there was no connection', async () => {
    const store = openMemoryStore();
    const gate = await gateOf(store, 'login-1');
    await establish(gate, store);
    expect(gate.changed('login-2', false)).toEqual([]);
    gate.connected();
    expect(gate.waitsFor(retained)).toBeNull();
  });

  it('is not touched by news of the same login', async () => {
    const gate = await gateOf(openMemoryStore(), 'login-1');
    gate.connected();
    expect(gate.changed('login-1', true)).toEqual([]);
    expect(gate.waitsFor(retained)).toBeNull();
  });

  it('writes that the login is connected once', async () => {
    const gate = await gateOf(openMemoryStore(), 'login-1');
    gate.connected();
    expect(gate.established()).toHaveLength(1);
    expect(gate.established()).toEqual([]);
  });
});
