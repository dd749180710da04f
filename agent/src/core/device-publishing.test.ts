import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { openMemoryStore } from './testing/memory-store.ts';
import { clientTopics, type DeviceDocument, payloadExamples } from '../contract/index.ts';
import type { StoreWrite } from '../ports/index.ts';
import { DevicePublishing } from './device-publishing.ts';
import { parseDeviceRecord } from './devices/record.ts';
import { Publisher } from './platform/publisher.ts';
import { sectionOf } from './testing/sections.ts';

const documentOf = (deviceId: string): DeviceDocument => ({ ...payloadExamples.devices, deviceId });
const put = (key: string): StoreWrite => ({ section: 'devices', key, value: {} });
const remove = (key: string): StoreWrite => ({ section: 'devices', key, value: undefined });
const tombstone = (key: string, value: true | undefined): StoreWrite => ({ section: 'tombstones', key, value });

async function lab(...known: string[]) {
  const clock = new VirtualClock();
  const store = openMemoryStore();
  for (const id of known) await store.commit([{ section: 'devices', key: id, value: { document: documentOf(id), applied: null } }]);
  const publisher = new Publisher(() => undefined);
  const sent: string[] = [];
  let answers = true;
  let isConnected = true;
  const attach = (): void => {
    publisher.attach(async ({ topic, body }) => {
      sent.push(`${topic.split('/').at(-1) ?? ''} ${body === null ? 'deleted' : 'told'}`);
      if (!answers) await new Promise(() => undefined);
    });
  };
  attach();
  const publishing = new DevicePublishing({
    publisher,
    records: await sectionOf('devices', parseDeviceRecord, store),
    tombstones: await sectionOf('tombstones', () => true as const, store),
    save: (writes) => store.commit(writes),
    topics: () => (isConnected ? clientTopics('acme', 'pc-1') : null),
  });
  return {
    clock,
    publisher,
    publishing,
    sent,
    /** As the agent commits what devices write. */
    commit: (writes: readonly StoreWrite[]) => store.commit(publishing.withTombstones(writes)),
    tombstones: async () => [...(await store.load('tombstones')).keys()],
    answer: (value: boolean) => {
      answers = value;
    },
    reconnect: () => {
      publisher.detach();
      isConnected = true;
      attach();
    },
    disconnect: () => {
      isConnected = false;
      publisher.detach();
    },
  };
}

describe('publishing device documents', () => {
  it('tells a document and deletes one', async () => {
    const { clock, publishing, sent } = await lab();
    publishing.publish('a', documentOf('a'));
    publishing.publish('b', null);
    await clock.settle();
    expect(sent).toEqual(['a told', 'b deleted']);
  });

  it('puts the tombstone of a device that goes into the same transaction', async () => {
    const { publishing } = await lab();
    expect(publishing.withTombstones([remove('a'), { section: 'desired', key: 'a', value: undefined }])).toEqual([
      remove('a'),
      { section: 'desired', key: 'a', value: undefined },
      tombstone('a', true),
    ]);
  });

  it('takes it away in the transaction in which the device is there again, and touches nothing else', async () => {
    const { publishing } = await lab();
    publishing.withTombstones([remove('a')]);
    expect(publishing.withTombstones([put('a'), put('b')])).toEqual([put('a'), put('b'), tombstone('a', undefined)]);
    expect(publishing.withTombstones([put('a')])).toEqual([put('a')]);
  });

  it('keeps a tombstone until the broker has acknowledged the deletion', async () => {
    const { answer, clock, commit, publishing, reconnect, sent, tombstones } = await lab();
    answer(false);
    await commit([remove('a')]);
    publishing.publish('a', null);
    await clock.settle();
    expect(await tombstones()).toEqual(['a']);
    answer(true);
    reconnect();
    publishing.republish();
    await clock.settle();
    expect(sent).toEqual(['a deleted', 'a deleted']);
    expect(await tombstones()).toEqual([]);
  });

  it('deletes after the next connect what went without one', async () => {
    const { clock, commit, disconnect, publishing, reconnect, sent } = await lab('a', 'b');
    disconnect();
    await commit([remove('a')]);
    publishing.publish('a', null);
    publishing.publish('c', documentOf('c'));
    await clock.settle();
    expect(sent).toEqual([]);
    reconnect();
    publishing.republish();
    await clock.settle();
    expect(sent).toEqual(['b told', 'c told', 'a deleted']);
    publishing.republish();
    await clock.settle();
    expect(sent.slice(3)).toEqual(['b told', 'c told']);
  });

  it('does not delete a device that came back before the broker heard that it went', async () => {
    const { clock, commit, disconnect, publishing, reconnect, sent } = await lab('a');
    disconnect();
    await commit([remove('a')]);
    publishing.publish('a', null);
    await commit([put('a')]);
    publishing.publish('a', documentOf('a'));
    reconnect();
    publishing.republish();
    await clock.settle();
    expect(sent).toEqual(['a told']);
  });
});
