import type { DeviceDocument, DeviceEventType, DeviceFirmware } from '../../contract/index.ts';
import type { Json, StoreWrite } from '../../ports/index.ts';
import { firmwareStatus } from '../firmware/status.ts';
import type { EventDraft } from '../platform/outbox.ts';
import type { DeviceContext } from './device-context.ts';
import { composeDocument, type DeviceFacts, factsOf, saysTheSame } from './document.ts';
import type { DesiredRecord } from './record.ts';

type ReportContext = Pick<DeviceContext, 'clock' | 'log' | 'records' | 'desired' | 'commit' | 'publish' | 'firmware'>;

/**
 * What is known and told of one device.
 *
 * INVARIANTS: the document changes in `change` and nowhere else, and its revision grows with each change. A change, its events and the record behind it
 * become durable in one transaction; the document is published after that, in order. Nobody who works on the device waits for the disk. Nothing is
 * applied, locked or refused where nothing is desired, also where a kill came between the end of a desired document and what follows of it.
 */
export class DeviceReport {
  readonly deviceId: string;
  readonly #context: ReportContext;
  #facts: DeviceFacts | null;
  #document: DeviceDocument | null;
  #saved: Promise<void> = Promise.resolve();

  constructor(context: ReportContext, deviceId: string) {
    this.#context = context;
    this.deviceId = deviceId;
    const record = context.records.get(deviceId);
    this.#document = record?.document ?? null;
    this.#facts = record ? this.#asDesired(factsOf(record.document, record.applied)) : null;
  }

  get facts(): DeviceFacts | null {
    return this.#facts;
  }

  get document(): DeviceDocument | null {
    return this.#document;
  }

  get desired(): DesiredRecord | null {
    return this.#context.desired.get(this.deviceId) ?? null;
  }

  event(type: DeviceEventType, data: Readonly<Record<string, Json>>): EventDraft {
    return { type, deviceId: this.deviceId, data };
  }

  /** From now on this is what is known; what is told changes only where that makes a difference. `more` becomes durable with it. */
  change(known: DeviceFacts, events: readonly EventDraft[] = [], more: readonly StoreWrite[] = []): void {
    const { clock, records, commit, firmware } = this.#context;
    const facts = this.#asDesired(known);
    const before = this.#document;
    const now = clock.now();
    // A first revision is above any that a lost state may have used (contract 3).
    const next = composeDocument(facts, this.desired, this.#firmware(facts), before ? before.revision + 1 : now, now);
    const document = before && saysTheSame(before, next) ? before : next;
    const appliedMoved = facts.applied?.revision !== records.get(this.deviceId)?.applied?.revision;
    this.#facts = facts;
    this.#document = document;
    const isNew = document !== before;
    const own = isNew || appliedMoved ? [records.put(this.deviceId, { document, applied: facts.applied })] : [];
    const writes = [...own, ...more];
    firmware?.changed(this.deviceId);
    if (writes.length === 0 && events.length === 0) return;
    this.#saved = this.#save(this.#saved, commit(writes, events), isNew ? document : null);
  }

  /** Resolves when every change so far is durable and its document was handed on. */
  saved(): Promise<void> {
    return this.#saved;
  }

  #asDesired(facts: DeviceFacts): DeviceFacts {
    return this.desired ? facts : { ...facts, applied: null, locked: [], errors: [] };
  }

  #firmware(facts: DeviceFacts): DeviceFirmware {
    const { desired } = this;
    const { status } = facts.connection;
    return this.#context.firmware?.part(facts, desired) ?? firmwareStatus(facts.version, desired?.document.firmware ?? null, status === 'connected');
  }

  async #save(before: Promise<void>, durable: Promise<void>, document: DeviceDocument | null): Promise<void> {
    const [, result] = await Promise.allSettled([before, durable]);
    const { log, publish } = this.#context;
    if (result.status === 'rejected') log.error('a change of a device could not be saved', { deviceId: this.deviceId, error: result.reason });
    else if (document) publish(this.deviceId, document);
  }
}
