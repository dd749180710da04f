import { VirtualClock } from '@jpd/protocol/virtual';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientSchema, encode } from '../contract/index.ts';
import { clientDocument, type ClientFacts } from './client-document.ts';
import { stripped } from './privacy/gates.ts';
import { LabHost } from './testing/lab-host.ts';
import { LogBook } from './testing/log-book.ts';

const facts: ClientFacts = {
  clientId: 'pc-1',
  clientName: 'Reception',
  clientVersion: '1.0.0',
  mode: 'personal',
  loginSessionId: 'login-1',
  startedAt: '2026-01-05T09:00:00.000Z',
};
const all = { userName: true, computer: true, location: true };
const none = { userName: false, computer: false, location: false };

function lab() {
  const context = { host: new LabHost(), clock: new VirtualClock(), log: new LogBook() };
  return { ...context, document: (gates: typeof all, known: ClientFacts = facts) => clientDocument(known, context, gates) };
}

describe('the client document', () => {
  it('holds all that it may', async () => {
    expect(await lab().document(all)).toEqual({
      ...facts,
      metadata: {
        userName: 'mads',
        computer: { computerName: 'PC-1', osName: 'Windows', osVersion: '11', ipAddresses: ['192.0.2.7'] },
        location: { latitude: 55.7, longitude: 12.6, accuracyMetres: 50, source: 'system' },
      },
    });
  });

  it('has no name where none is configured', async () => {
    expect(await lab().document(none, { ...facts, clientName: null })).not.toHaveProperty('clientName');
  });

  it('never holds, and never asks for, a group that is not allowed; and is never empty', async () => {
    const gates = fc.record({ userName: fc.boolean(), computer: fc.boolean(), location: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(gates, async (allowed) => {
        const { document, host } = lab();
        const { metadata } = await document(allowed);
        const wanted = Object.entries(allowed).flatMap(([group, isAllowed]) => (isAllowed ? [group] : []));
        expect(Object.keys(metadata ?? {}).toSorted()).toEqual(wanted.toSorted());
        expect(host.asked.toSorted()).toEqual(wanted.toSorted());
        if (wanted.length === 0) expect(metadata).toBeUndefined();
      }),
    );
  });

  it('leaves out what the system has nothing of', async () => {
    const { document, host } = lab();
    host.place = null;
    host.user = '';
    expect((await document({ ...none, userName: true, location: true })).metadata).toBeUndefined();
  });

  it('leaves out what the system fails to tell, and says so in the log', async () => {
    const { document, host, log } = lab();
    host.computer = () => Promise.reject(new Error('no such file'));
    host.userName = () => {
      throw new Error('not even a promise');
    };
    expect(Object.keys((await document(all)).metadata ?? {})).toEqual(['location']);
    expect(log.lines.map(({ level, fields }) => [level, fields?.['group']])).toEqual([
      ['warn', 'userName'],
      ['warn', 'computer'],
    ]);
  });

  it('leaves out what the system does not tell within 5 s', async () => {
    const { clock, document, host } = lab();
    host.location = () => new Promise(() => undefined);
    const { metadata } = await clock.complete(document(all), 5000);
    expect(Object.keys(metadata ?? {})).toEqual(['userName', 'computer']);
  });

  it('is one of the contract, with and without its parts', async () => {
    for (const gates of [all, none]) {
      const text = encode('client', await lab().document(gates), 0);
      expect(clientSchema.safeParse(JSON.parse(text)).success).toBe(true);
    }
  });

  it('stripped by other gates is what it would be under both', async () => {
    const gates = fc.record({ userName: fc.boolean(), computer: fc.boolean(), location: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(gates, gates, async (before, after) => {
        const both = {
          userName: before.userName && after.userName,
          computer: before.computer && after.computer,
          location: before.location && after.location,
        };
        expect(stripped(await lab().document(before), after)).toEqual(await lab().document(both));
      }),
    );
  });
});
