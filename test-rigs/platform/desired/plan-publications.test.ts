import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DesiredState, Holder, Publication, PublicationStep } from './plan-publications.ts';
import { firmwareOwner, planPublications } from './plan-publications.ts';

function holder(clientId: string, heardAt: number, facts: Partial<Holder> = {}): Holder {
  return { clientId, heardAt, connected: true, appliedRevision: null, ...facts };
}

function publication(clientId: string, revision: number, facts: Partial<Publication> = {}): Publication {
  return { clientId, revision, managed: false, emptied: false, ...facts };
}

const active: DesiredState = { state: 'active', revision: 10, managed: false };
const managed: DesiredState = { ...active, managed: true };
const forgetting: DesiredState = { ...active, state: 'forgetting' };

describe('publications of a desired document', () => {
  it('go to every client that has the device, with the revision of the document', () => {
    expect(planPublications(active, [holder('a', 1), holder('b', 2, { connected: false })], [])).toEqual([
      { kind: 'publish', clientId: 'a', revision: 10, managed: false },
      { kind: 'publish', clientId: 'b', revision: 10, managed: false },
    ]);
  });

  it('are left alone when they stand already', () => {
    expect(planPublications(active, [holder('a', 1)], [publication('a', 10)])).toEqual([]);
  });

  it('name firmware to the connected client heard last and to no other', () => {
    expect(planPublications(managed, [holder('a', 1), holder('b', 2), holder('c', 3, { connected: false })], [])).toEqual([
      { kind: 'publish', clientId: 'a', revision: 10, managed: false },
      { kind: 'publish', clientId: 'b', revision: 10, managed: true },
      { kind: 'publish', clientId: 'c', revision: 10, managed: false },
    ]);
  });

  it('move the firmware with new revisions on both sides when another client gets the device', () => {
    const standing = [publication('a', 10, { managed: true }), publication('b', 10)];
    expect(planPublications(managed, [holder('a', 1), holder('b', 2)], standing)).toEqual([
      { kind: 'publish', clientId: 'a', revision: null, managed: false },
      { kind: 'publish', clientId: 'b', revision: null, managed: true },
    ]);
  });

  it('need a new revision where an emptied topic had this one or a higher one', () => {
    expect(planPublications(active, [holder('a', 1)], [publication('a', 12, { emptied: true })])).toEqual([
      { kind: 'publish', clientId: 'a', revision: null, managed: false },
    ]);
  });

  it('are emptied at a client that has the device no more, and everywhere once nothing is desired', () => {
    expect(planPublications(active, [holder('b', 1)], [publication('a', 10), publication('b', 10)])).toEqual([{ kind: 'empty', clientId: 'a' }]);
    expect(planPublications(null, [holder('a', 1)], [publication('a', 10), publication('b', 9, { emptied: true })])).toEqual([
      { kind: 'empty', clientId: 'a' },
    ]);
  });
});

describe('forgetting a desired document', () => {
  it('first publishes the higher revision, and only to clients that had one', () => {
    expect(planPublications(forgetting, [holder('a', 1, { appliedRevision: 9 }), holder('b', 2)], [publication('a', 9)])).toEqual([
      { kind: 'publish', clientId: 'a', revision: 10, managed: false },
    ]);
  });

  it('waits while the revision is not applied, and empties the topic when it is', () => {
    const standing = [publication('a', 10)];
    expect(planPublications(forgetting, [holder('a', 1, { appliedRevision: 9 })], standing)).toEqual([]);
    expect(planPublications(forgetting, [holder('a', 1, { appliedRevision: 10 })], standing)).toEqual([{ kind: 'empty', clientId: 'a' }]);
  });

  it('ends at once at a client that has the device no more', () => {
    expect(planPublications(forgetting, [], [publication('a', 9)])).toEqual([{ kind: 'empty', clientId: 'a' }]);
  });
});

describe('the client that may update the firmware', () => {
  it('stays the same while nobody has the device connected', () => {
    const away = [holder('a', 1, { connected: false }), holder('b', 2, { connected: false })];
    expect(firmwareOwner(away, [publication('a', 10, { managed: true })])).toBe('a');
    expect(firmwareOwner(away, [])).toBe('b');
  });

  it('is nobody where nobody has it', () => {
    expect(firmwareOwner([], [])).toBeNull();
  });
});

/** What stands after the steps were taken. */
function after(steps: readonly PublicationStep[], before: readonly Publication[], fresh: number): Publication[] {
  const standing = new Map(before.map((one) => [one.clientId, one]));
  for (const step of steps) {
    const held = standing.get(step.clientId);
    if (step.kind === 'publish') standing.set(step.clientId, publication(step.clientId, step.revision ?? fresh, { managed: step.managed }));
    else if (held !== undefined) standing.set(step.clientId, { ...held, emptied: true });
  }
  return [...standing.values()];
}

const clientIds = ['a', 'b', 'c'];
const holders = fc
  .subarray(clientIds)
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id, index) =>
        fc
          .record({ connected: fc.boolean(), appliedRevision: fc.option(fc.nat(20)), heardAt: fc.constant(index * 7) })
          .map((facts) => holder(id, facts.heardAt, facts)),
      ),
    ),
  );
const publications = fc
  .subarray(clientIds)
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc.record({ revision: fc.nat(20), managed: fc.boolean(), emptied: fc.boolean() }).map((facts) => publication(id, facts.revision, facts)),
      ),
    ),
  );
const desired = fc.record({ state: fc.constantFrom('active' as const, 'forgetting' as const), revision: fc.nat(20), managed: fc.boolean() });

describe('whatever stood before', () => {
  it('never gives a client a revision that it may hold already', () => {
    fc.assert(
      fc.property(desired, holders, publications, (state, having, standing) => {
        for (const step of planPublications(state, having, standing)) {
          const before = standing.find((one) => one.clientId === step.clientId);
          if (step.kind === 'publish' && step.revision !== null && before !== undefined) expect(step.revision).toBeGreaterThan(before.revision);
        }
      }),
    );
  });

  it('asks for nothing more once its steps were taken', () => {
    fc.assert(
      fc.property(desired, holders, publications, (state, having, standing) => {
        const then = after(planPublications(state, having, standing), standing, 100);
        // What a client applied before cannot be the revision that was just made.
        const unapplied = having.map((one) => ({ ...one, appliedRevision: null }));
        expect(planPublications(state, unapplied, then)).toEqual([]);
      }),
    );
  });

  it('never names firmware to two clients', () => {
    fc.assert(
      fc.property(desired, holders, publications, (state, having, standing) => {
        const then = after(planPublications(state, having, standing), standing, 100);
        expect(then.filter((one) => one.managed && !one.emptied).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
