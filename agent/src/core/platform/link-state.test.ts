import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../testing/memory-store.ts';
import { sectionOf } from '../testing/sections.ts';
import { LinkState, parseLinkRecord } from './link-state.ts';
import { freshState } from './reconnect.ts';

const wait = { failures: 3, notBefore: 5000, waitMs: 4000, configuration: 'a' };

describe('what the connection remembers', () => {
  it('is read again after a restart', async () => {
    const store = openMemoryStore();
    const before = new LinkState(await sectionOf('link', parseLinkRecord, store));
    const writes = [before.saveReconnect(wait), before.saveVersion({ url: 'u', until: 9 }), before.saveConnectedLogin('login-1')];
    await store.commit(writes.flatMap((write) => (write ? [write] : [])));
    const after = new LinkState(await sectionOf('link', parseLinkRecord, store));
    expect(after.reconnect('a')).toEqual(wait);
    expect(after.version()).toEqual({ url: 'u', until: 9 });
    expect(after.connectedLogin()).toBe('login-1');
  });

  it('is nothing at first, nor where the record is of no use', async () => {
    const store = openMemoryStore();
    await store.commit([
      { section: 'link', key: 'reconnect', value: { failures: '3', notBefore: 1, waitMs: 1, configuration: 'a' } },
      { section: 'link', key: 'version', value: { url: 7 } },
      { section: 'link', key: 'login', value: [] },
    ]);
    for (const state of [new LinkState(await sectionOf('link', parseLinkRecord)), new LinkState(await sectionOf('link', parseLinkRecord, store))]) {
      expect(state.reconnect('a')).toEqual(freshState('a'));
      expect(state.version()).toBeNull();
      expect(state.connectedLogin()).toBeNull();
    }
  });

  it('has no wait for another configuration', async () => {
    const state = new LinkState(await sectionOf('link', parseLinkRecord));
    state.saveReconnect(wait);
    expect(state.reconnect('b')).toEqual(freshState('b'));
  });

  it('writes a wait once only', async () => {
    const state = new LinkState(await sectionOf('link', parseLinkRecord));
    expect(state.saveReconnect(wait)).toEqual({ section: 'link', key: 'reconnect', value: wait });
    expect(state.saveReconnect({ ...wait })).toBeNull();
    expect(state.saveReconnect({ ...wait, failures: 4 })).not.toBeNull();
  });
});
