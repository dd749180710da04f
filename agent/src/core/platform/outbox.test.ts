import { VirtualClock } from '@jpd/protocol/virtual';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryDisk, openMemoryStore } from '../testing/memory-store.ts';
import type { Store, StoreWrite } from '../../ports/index.ts';
import { parseStoredEvent } from '../agent-state.ts';
import { steadyEntropy } from '../testing/entropy.ts';
import { sectionOf } from '../testing/sections.ts';
import { type EventDraft, Outbox, type StoredEvent } from './outbox.ts';

const connected = (deviceId: string): EventDraft => ({ type: 'device.connected', deviceId, data: {} });
const numbered = (count: number): EventDraft[] => Array.from({ length: count }, (_, index) => connected(`d-${index}`));
const nameOf = (event: StoredEvent): string => ('deviceId' in event ? event.deviceId : `${event.type} ${JSON.stringify(event.data['count'])}`);

async function openOutbox(disk = new MemoryDisk(), clock = new VirtualClock(), entropy = steadyEntropy()) {
  const store = openMemoryStore({ disk });
  let commits: ((writes: readonly StoreWrite[]) => Promise<void>) | null = null;
  const commit = (writes: readonly StoreWrite[]): Promise<void> => (commits ?? ((all) => store.commit(all)))(writes);
  const outbox = new Outbox(await sectionOf('events', parseStoredEvent, store), clock, entropy, commit);
  const sent: { readonly at: number; readonly event: StoredEvent }[] = [];
  return {
    clock,
    disk,
    outbox,
    sent,
    /** Adds events as the agent does: durable, then flushed. */
    add: async (drafts: readonly EventDraft[]) => {
      const { writes, flush } = outbox.append(drafts);
      await commit(writes);
      flush();
    },
    attach: () => {
      outbox.attach(async (event) => {
        sent.push({ at: clock.monotonic(), event });
      });
    },
    names: () => sent.map(({ event }) => nameOf(event)),
    ids: () => sent.map(({ event }) => event.id),
    commitWith: (next: (writes: readonly StoreWrite[]) => Promise<void>) => {
      commits = next;
    },
  };
}

const keptOn = async (disk: MemoryDisk): Promise<StoredEvent[]> => {
  const store: Store = openMemoryStore({ disk });
  const section = await sectionOf('events', parseStoredEvent, store);
  return [...section.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
};

describe('the outbox', () => {
  it('sends events in the order they happened, with an id and the time of each', async () => {
    const { add, attach, clock, sent } = await openOutbox();
    attach();
    await add([connected('a')]);
    await clock.advance(1500);
    await add([connected('b'), { type: 'agent.stopped', data: { reason: 'shutdown' } }]);
    expect(sent.map(({ event }) => event)).toEqual([
      { id: '00000000-0000-4000-8000-000000000001', at: '2026-01-05T09:00:00.000Z', type: 'device.connected', deviceId: 'a', data: {} },
      { id: '00000000-0000-4000-8000-000000000002', at: '2026-01-05T09:00:01.500Z', type: 'device.connected', deviceId: 'b', data: {} },
      { id: '00000000-0000-4000-8000-000000000003', at: '2026-01-05T09:00:01.500Z', type: 'agent.stopped', data: { reason: 'shutdown' } },
    ]);
  });

  it('sends nothing that is not durable yet, and nothing that came after it', async () => {
    const { outbox, attach, names } = await openOutbox();
    attach();
    const first = outbox.append([connected('a')]);
    const second = outbox.append([connected('b')]);
    second.flush();
    expect(names()).toEqual([]);
    first.flush();
    expect(names()).toEqual(['a', 'b']);
  });

  it('does not send what hangs on its way to the disk when a connection comes up', async () => {
    const { add, attach, clock, commitWith, names } = await openOutbox();
    await add([connected('a')]);
    commitWith(() => new Promise(() => undefined));
    void add([connected('b')]);
    attach();
    await clock.advance(3_600_000);
    expect(new Set(names())).toEqual(new Set(['a']));
  });

  it('has at most 100 unacknowledged events out, and sends the next ones as acknowledgements come', async () => {
    const { add, attach, ids, names, outbox } = await openOutbox();
    await add(numbered(150));
    attach();
    expect(names()).toEqual(Array.from({ length: 100 }, (_, index) => `d-${index}`));
    await outbox.acknowledge(ids().slice(0, 30));
    expect(names().slice(100)).toEqual(Array.from({ length: 30 }, (_, index) => `d-${100 + index}`));
  });

  it('forgets what is acknowledged, on the disk too, and ignores ids that it does not know', async () => {
    const { add, attach, disk, ids, outbox } = await openOutbox();
    await add([connected('a'), connected('b')]);
    attach();
    await outbox.acknowledge([ids()[0] ?? '', 'ffffffff-0000-4000-8000-000000000000']);
    expect(outbox.size).toBe(1);
    expect((await keptOn(disk)).map(nameOf)).toEqual(['b']);
  });

  it('sends what stays unacknowledged again after 30 s, doubling to 30 min', async () => {
    const { add, attach, clock, sent } = await openOutbox();
    await add([connected('a')]);
    attach();
    await clock.advance(3 * 3_600_000);
    const seconds = sent.map(({ at }) => at / 1000);
    const waits = seconds.slice(1).map((at, index) => at - (seconds[index] ?? 0));
    expect(waits.slice(0, 9)).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
    expect(new Set(sent.map(({ event }) => JSON.stringify(event))).size).toBe(1);
  });

  it('gives each event its own 30 s', async () => {
    const { add, attach, clock, sent } = await openOutbox();
    attach();
    await add([connected('a')]);
    await clock.advance(10_000);
    await add([connected('b')]);
    await clock.advance(35_000);
    expect(sent.map(({ at, event }) => [at, nameOf(event)])).toEqual([
      [0, 'a'],
      [10_000, 'b'],
      [30_000, 'a'],
      [40_000, 'b'],
    ]);
  });

  it('sends everything again after each connect, the oldest first, and counts 30 s anew', async () => {
    const { add, attach, clock, outbox, sent } = await openOutbox();
    await add([connected('a'), connected('b')]);
    attach();
    await clock.advance(95_000);
    outbox.detach();
    const before = sent.length;
    await clock.advance(3_600_000);
    expect(sent.length).toBe(before);
    await add([connected('c')]);
    attach();
    const start = clock.monotonic();
    await clock.advance(30_000);
    const again = sent.slice(before).map(({ at, event }) => [at - start, nameOf(event)]);
    expect(again).toEqual([
      [0, 'a'],
      [0, 'b'],
      [0, 'c'],
      [30_000, 'a'],
      [30_000, 'b'],
      [30_000, 'c'],
    ]);
    const [first, , , , , , , later] = sent;
    expect(sent.filter(({ event }) => nameOf(event) === 'a').every(({ event }) => event.id === first?.event.id)).toBe(true);
    expect(later).toBeDefined();
  });

  it('goes on where a refused or broken sending left off, in its time', async () => {
    const { add, clock, outbox } = await openOutbox();
    await add([connected('a')]);
    let attempts = 0;
    outbox.attach(async () => {
      attempts += 1;
      throw new Error('refused');
    });
    await clock.advance(30_000);
    expect(attempts).toBe(2);
  });

  it('goes on after a restart, same in all but when it is sent, and never gives a place twice', async () => {
    const disk = new MemoryDisk();
    const entropy = steadyEntropy();
    const before = await openOutbox(disk, new VirtualClock(), entropy);
    await before.add(numbered(12));
    before.attach();
    const after = await openOutbox(disk, new VirtualClock(), entropy);
    await after.add([connected('new')]);
    after.attach();
    expect(after.sent.slice(0, 12).map(({ event }) => event)).toEqual(before.sent.map(({ event }) => event));
    expect(after.names().at(-1)).toBe('new');
    expect((await keptOn(disk)).length).toBe(13);
  });

  it('knows which ids were sent in this connection', async () => {
    const { add, attach, ids, outbox } = await openOutbox();
    await add([connected('a')]);
    attach();
    const [id = ''] = ids();
    expect(outbox.wasSentNow(id)).toBe(true);
    outbox.detach();
    expect(outbox.wasSentNow(id)).toBe(false);
    expect(outbox.wasSentNow('ffffffff-0000-4000-8000-000000000000')).toBe(false);
  });

  it('drops everything when it is cleared, on the disk too', async () => {
    const { add, attach, clock, disk, outbox, sent } = await openOutbox();
    await add(numbered(3));
    outbox.detach();
    await openMemoryStore({ disk }).commit(outbox.clear());
    expect(outbox.size).toBe(0);
    expect(await keptOn(disk)).toEqual([]);
    attach();
    await clock.advance(60_000);
    expect(sent).toEqual([]);
  });
});

describe('the outbox when more than 10,000 events wait', { timeout: 30_000 }, () => {
  it('lets the oldest go and says with one event how many', async () => {
    const { add, disk, outbox } = await openOutbox();
    await add(numbered(10_000));
    expect(outbox.size).toBe(10_000);
    for (let more = 0; more < 25; more += 1) await add([connected(`more-${more}`)]);
    expect(outbox.size).toBe(10_000);
    const kept = await keptOn(disk);
    // 10,025 happened; 9,999 places are left beside the notice.
    expect(kept.filter(({ type }) => type === 'events.dropped').map(nameOf)).toEqual(['events.dropped 26']);
    expect(kept.slice(0, 2).map(nameOf)).toEqual(['d-26', 'd-27']);
    expect(kept.at(-2)).toMatchObject({ deviceId: 'more-24' });
  });

  it('counts right where a whole batch comes at once', async () => {
    const { add, disk, outbox } = await openOutbox();
    await add(numbered(10_300));
    expect(outbox.size).toBe(10_000);
    const kept = await keptOn(disk);
    expect(kept.map(nameOf).at(-1)).toBe('events.dropped 301');
    expect(kept.map(nameOf).at(0)).toBe('d-301');
  });

  it('leaves a notice that was sent as it is, and hands its count on when it goes itself', async () => {
    const { add, attach, disk, ids, outbox, sent } = await openOutbox();
    await add(numbered(10_001));
    attach();
    // The notice comes into the window of 100 only when what is before it was acknowledged.
    let acknowledged = 0;
    while (!sent.some(({ event }) => event.type === 'events.dropped')) {
      const batch = ids().slice(-100, -50);
      await outbox.acknowledge(batch);
      acknowledged += batch.length;
    }
    const notice = sent.find(({ event }) => event.type === 'events.dropped')?.event;
    expect(notice?.data).toEqual({ count: 2 });
    outbox.detach();
    const more = 10_001 - outbox.size;
    await add(numbered(more));
    const both = (await keptOn(disk)).filter(({ type }) => type === 'events.dropped');
    expect(both).toEqual([notice, { ...notice, id: both[1]?.id, at: both[1]?.at, data: { count: 2 } }]);
    await add(numbered(10_000));
    const happened = 10_001 + more + 10_000;
    const kept = await keptOn(disk);
    expect(kept.some(({ id }) => id === notice?.id)).toBe(false);
    const lost = kept.filter(({ type }) => type === 'events.dropped');
    expect(lost).toHaveLength(1);
    expect(kept.length - 1 + Number(lost[0]?.data['count']) + acknowledged).toBe(happened);
  });
});

describe('the outbox whatever happens', () => {
  it('never loses, changes or reorders what is not acknowledged', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ kind: fc.constant('ack' as const), every: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constantFrom('attach' as const, 'detach' as const, 'restart' as const) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1000, 31_000, 700_000) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const disk = new MemoryDisk();
        const clock = new VirtualClock();
        // One for all restarts: an id is never given twice.
        const entropy = steadyEntropy();
        let lab = await openOutbox(disk, clock, entropy);
        let happened = 0;
        const acknowledged = new Set<string>();
        const seen = new Map<string, string>();
        const firstSent: string[] = [];
        const look = (): void => {
          for (const { event } of lab.sent.splice(0)) {
            const text = JSON.stringify(event);
            expect(seen.get(nameOf(event)) ?? text).toBe(text);
            if (!seen.has(nameOf(event))) firstSent.push(nameOf(event));
            seen.set(nameOf(event), text);
          }
        };
        for (const next of steps) {
          if (next.kind === 'add') {
            await lab.add(Array.from({ length: next.count }, (_, index) => connected(`e-${happened + index}`)));
            happened += next.count;
          } else if (next.kind === 'ack') {
            look();
            const ids = [...seen.values()].map((text) => JSON.parse(text) as StoredEvent).filter((_, index) => index % next.every === 0);
            for (const { id } of ids) acknowledged.add(id);
            await lab.outbox.acknowledge(ids.map(({ id }) => id));
          } else if (next.kind === 'attach') lab.attach();
          else if (next.kind === 'detach') lab.outbox.detach();
          else if (next.kind === 'wait') await clock.advance(next.ms);
          else {
            look();
            lab.outbox.detach();
            lab = await openOutbox(disk, clock, entropy);
          }
        }
        look();
        const numbers = firstSent.map((name) => Number(name.slice(2)));
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        const kept = await keptOn(disk);
        expect(kept.filter(({ id }) => acknowledged.has(id))).toEqual([]);
        expect(kept.length + acknowledged.size).toBe(happened);
      }),
      { numRuns: 60 },
    );
  });
});
