import type { UpdateJournal, UpdatePhase } from '@jpd/protocol';
import type { FirmwareError, ManagedFirmware } from '../../contract/index.ts';
import { timestamp, type Transport } from '../../contract/index.ts';
import type { Json, StoreWrite } from '../../ports/index.ts';
import type { ManagedDevice } from '../devices/managed-device.ts';
import type { DesiredRecord } from '../devices/record.ts';
import type { EventDraft } from '../platform/outbox.ts';
import type { FirmwareContext } from './engine-context.ts';
import { afterCutOff } from './outcome.ts';
import type { Pace } from './pace.ts';
import { type FirmwareRecord, recordFor } from './record.ts';

const hourMs = 3_600_000;

type FirmwareEventType = 'firmware.started' | 'firmware.updated' | 'firmware.failed' | 'firmware.postponed';

/**
 * What is kept and told of one device's firmware.
 *
 * INVARIANTS: what the record says changes in memory first and is written as it is then, so that no older one overtakes a newer; an event and the record that
 * it tells of become durable together, with the document that follows from it.
 */
export class FirmwareNotes {
  readonly deviceId: string;
  readonly #context: FirmwareContext;

  constructor(context: FirmwareContext, deviceId: string) {
    this.#context = context;
    this.deviceId = deviceId;
  }

  get device(): ManagedDevice | undefined {
    return this.#context.devices().device(this.deviceId);
  }

  get desired(): DesiredRecord | null {
    return this.#context.desired.get(this.deviceId) ?? null;
  }

  get managed(): ManagedFirmware | null {
    const firmware = this.desired?.document.firmware;
    return firmware?.management === 'managed' ? firmware : null;
  }

  get record(): FirmwareRecord | null {
    return this.#context.records.get(this.deviceId) ?? null;
  }

  /** How fast updates went where the device is now; null where none was seen yet. */
  get pace(): Pace | null {
    const transport = this.device?.facts?.connection.transport;
    return (transport && this.#context.paces.get(transport)) ?? null;
  }

  notePace(transport: Transport, pace: Pace | null): void {
    if (pace) void this.#context.save([this.#context.paces.put(transport, pace)]);
  }

  /** What counts for what is desired now. */
  recordFor({ version }: ManagedFirmware): FirmwareRecord {
    return recordFor(this.record, { version, revision: this.desired?.document.revision ?? 0 });
  }

  /** In memory; `tell` or `save` writes it. */
  put(record: FirmwareRecord): void {
    this.#context.records.put(this.deviceId, record);
  }

  /** Tells what the document now says. Resolves when all of it is durable. */
  async tell(events: readonly EventDraft[] = []): Promise<void> {
    await this.device?.tell(events, () => this.#writes());
  }

  /** Resolves when the record is durable. */
  save(): Promise<void> {
    return this.#context.save(this.#writes());
  }

  /** Everything is as it shall be, or nothing is known of it any more. */
  forget(): Promise<void> {
    this.#context.records.remove(this.deviceId);
    return this.tell();
  }

  async started(managed: ManagedFirmware, from: string): Promise<void> {
    const record = this.recordFor(managed);
    const to = managed.version;
    const isResumed = record.begun?.to === to;
    this.put({ ...record, begun: record.begun && isResumed ? record.begun : { from, to }, phase: 'checking' });
    await this.tell(isResumed ? [] : [this.#event('firmware.started', { version: to, from })]);
  }

  /** The device runs what was begun. */
  async updated(version: string, record: FirmwareRecord): Promise<void> {
    const { begun } = record;
    if (record.version === begun?.to) this.#context.records.remove(this.deviceId);
    else this.put({ ...record, begun: null, phase: null, journal: null });
    await this.tell([this.#event('firmware.updated', { version, from: begun?.from ?? null })]);
  }

  async postponed(managed: ManagedFirmware, cause: 'user' | 'unanswered'): Promise<void> {
    const { clock, rules } = this.#context;
    const record = this.recordFor(managed);
    const until = clock.now() + rules().postponeHours * hourMs;
    const postponements = record.postponements + 1;
    this.put({ ...record, postponements, postponedUntil: until, askedAt: null });
    await this.tell([this.#event('firmware.postponed', { version: managed.version, cause, postponements, until: timestamp(until) })]);
  }

  async failed(record: FirmwareRecord, error: FirmwareError): Promise<void> {
    this.put({ ...record, failure: error, begun: null, phase: null, journal: null, askedAt: null });
    await this.tell([this.#event('firmware.failed', { version: record.version, code: error.code, message: error.message })]);
  }

  async cutOff(record: FirmwareRecord, phase: UpdatePhase): Promise<void> {
    const { cutOffs, failure } = afterCutOff(record.cutOffs, phase);
    if (failure) {
      await this.failed({ ...record, cutOffs }, failure);
    } else {
      this.put({ ...record, cutOffs, phase: null });
      await this.tell();
    }
  }

  /** Where it is: should the process end, the next one knows where it was cut off. */
  notePhase(phase: UpdatePhase): void {
    const { record } = this;
    if (!record || record.phase === phase) return;
    this.put({ ...record, phase });
    void this.save();
  }

  /** What the update itself notes down, kept in the record. */
  get journal(): UpdateJournal {
    const keep = async (journal: Json): Promise<void> => {
      const { record } = this;
      if (!record) return;
      this.put({ ...record, journal });
      await this.save();
    };
    return {
      load: () => Promise.resolve(this.record?.journal ?? null),
      // An entry is plain JSON, says the port.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      save: (entry) => keep(entry as Json),
      clear: () => keep(null),
    };
  }

  #writes(): StoreWrite[] {
    const { records } = this.#context;
    const { record } = this;
    return [record ? records.put(this.deviceId, record) : records.remove(this.deviceId)];
  }

  #event(type: FirmwareEventType, data: Readonly<Record<string, Json>>): EventDraft {
    return { type, deviceId: this.deviceId, data };
  }
}
