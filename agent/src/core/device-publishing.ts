import type { ClientTopics, DeviceDocument } from '../contract/index.ts';
import type { StoreWrite } from '../ports/index.ts';
import type { DeviceRecord } from './devices/record.ts';
import type { Publisher } from './platform/publisher.ts';
import type { Section } from './state/section.ts';

export interface DevicePublishingContext {
  readonly publisher: Publisher;
  readonly records: Section<DeviceRecord>;
  /** Devices whose retained document is still to be deleted at the broker. */
  readonly tombstones: Section<true>;
  readonly save: (writes: readonly StoreWrite[]) => Promise<void>;
  /** Null without a connection. */
  readonly topics: () => ClientTopics | null;
}

/** Keeps the platform's device/1 documents as the devices are; those of forgotten devices are deleted, over restarts if need be. */
export class DevicePublishing {
  readonly #context: DevicePublishingContext;
  /** As they are on the disk: what is not there yet could be taken back by a kill. */
  readonly #durable: Map<string, DeviceDocument>;

  constructor(context: DevicePublishingContext) {
    this.#context = context;
    this.#durable = new Map([...context.records.entries()].map(([deviceId, { document }]) => [deviceId, document]));
  }

  /** `writes` and what they mean for the tombstones, for one transaction: a device that goes leaves one, a device that is there has none. */
  withTombstones(writes: readonly StoreWrite[]): readonly StoreWrite[] {
    const { records, tombstones } = this.#context;
    const followed = writes.flatMap(({ section, key, value }) => {
      if (section !== records.name) return [];
      if (value === undefined) return [tombstones.put(key, true)];
      return tombstones.get(key) ? [tombstones.remove(key)] : [];
    });
    return [...writes, ...followed];
  }

  /** A document changed, or (null) is no more. Called when that is durable. */
  publish(deviceId: string, document: DeviceDocument | null): void {
    const { publisher, topics } = this.#context;
    if (document) this.#durable.set(deviceId, document);
    else this.#durable.delete(deviceId);
    const topic = topics()?.device(deviceId);
    if (topic === undefined) return;
    if (document) publisher.enqueue(topic, () => ({ kind: 'devices', topic, body: document }));
    else this.#delete(deviceId, topic);
  }

  /** Publishes everything again: a broker may have lost its retained store. */
  republish(): void {
    for (const [deviceId, document] of this.#durable) this.publish(deviceId, document);
    for (const [deviceId] of this.#context.tombstones.entries()) this.publish(deviceId, null);
  }

  #delete(deviceId: string, topic: string): void {
    const { save, publisher, tombstones } = this.#context;
    publisher.enqueue(
      topic,
      () => ({ kind: 'devices', topic, body: null }),
      () => void save([tombstones.remove(deviceId)]),
    );
  }
}
