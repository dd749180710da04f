import { timestampMs } from '../../contract/index.ts';
import type { StoreWrite } from '../../ports/index.ts';
import type { DesiredRecord } from '../devices/record.ts';
import type { EventDraft, StoredEvent } from '../platform/outbox.ts';
import type { Section } from '../state/section.ts';
import { type DeviceHistory, noHistory } from './history-record.ts';
import { afterAcknowledgement, afterEvent, afterForgotten } from './history-steps.ts';

export interface HistoryContext {
  readonly section: Section<DeviceHistory>;
  readonly desired: Section<DesiredRecord>;
  /** Name of the section of devices: what is removed there is forgotten here. */
  readonly devices: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** How far the last update of a device came, percent; null where this process ran none. */
  readonly percentOf: (deviceId: string) => number | null;
}

/** What happened to the devices as far as a person at this PC is told of it: read off the events, kept in the same transaction. */
export class History {
  readonly #context: HistoryContext;

  constructor(context: HistoryContext) {
    this.#context = context;
  }

  of(deviceId: string): DeviceHistory {
    return this.#context.section.get(deviceId) ?? noHistory;
  }

  /** What belongs into the transaction of these writes and events. */
  note(writes: readonly StoreWrite[], events: readonly EventDraft[]): readonly StoreWrite[] {
    const { section, desired, devices, now, percentOf } = this.#context;
    const gone = writes.filter(({ value }) => value === undefined);
    const noted = [
      ...gone.flatMap(({ section: name, key }) => (name === desired.name ? this.#put(key, afterForgotten(this.of(key))) : [])),
      ...events.flatMap((event) => {
        if (!('deviceId' in event)) return [];
        const { deviceId } = event;
        const document = desired.get(deviceId)?.document ?? null;
        const percent = event.type === 'firmware.failed' ? percentOf(deviceId) : null;
        return this.#put(deviceId, afterEvent(this.of(deviceId), { event, at: now(), desired: document, percent }));
      }),
    ];
    return [...noted, ...gone.flatMap(({ section: name, key }) => (name === devices && section.get(key) ? [section.remove(key)] : []))];
  }

  /** The platform has these. */
  acknowledged(events: readonly StoredEvent[]): readonly StoreWrite[] {
    return events.flatMap((event) =>
      event.type === 'firmware.failed' ? this.#put(event.deviceId, afterAcknowledgement(this.of(event.deviceId), timestampMs(event.at))) : [],
    );
  }

  #put(deviceId: string, next: DeviceHistory): readonly StoreWrite[] {
    const before = this.of(deviceId);
    return JSON.stringify(next) === JSON.stringify(before) ? [] : [this.#context.section.put(deviceId, next)];
  }
}
