import { type HidPort, type OperatorMapping, type SettingValue } from '@jpd/protocol';
import { VirtualBus, VirtualClock, type VirtualDevice, virtualDevice, type VirtualDeviceOptions } from '@jpd/protocol/virtual';
import { MemoryDisk, openMemoryStore } from '../../../adapters/store/index.ts';
import { systemEntropy } from '../../../adapters/system/index.ts';
import { type Desired, type DesiredFirmware, defaultPolicy, type DeviceDocument, deviceSchema, timestamp } from '../../../contract/index.ts';
import type { StoreWrite } from '../../../ports/index.ts';
import type { EventDraft } from '../../platform/outbox.ts';
import { Section } from '../../state/section.ts';
import { LogBook } from '../../testing/log-book.ts';
import { DeviceManager } from '../device-manager.ts';
import { Discovery } from '../discovery.ts';
import { parseDesiredRecord, parseDeviceRecord } from '../record.ts';

export interface BenchOptions {
  /** Default: the bench's own bus. */
  readonly hid?: HidPort;
  readonly operatorMappings?: readonly OperatorMapping[];
  readonly clock?: VirtualClock;
}

/** What left the device side, in order. */
export type Publication = { readonly deviceId: string; readonly document: DeviceDocument | null; readonly at: number };

export type DesiredSettings = Readonly<Record<string, { readonly value: SettingValue; readonly locked?: boolean }>>;

/**
 * The device side of the core on a virtual bus and a virtual clock. Restarts keep the disk and the bus.
 * What must hold at all times is checked with every publication and event and collected in `violations`.
 */
export class DeviceBench {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly disk = new MemoryDisk();
  readonly log = new LogBook();
  readonly publications: Publication[] = [];
  readonly events: EventDraft[] = [];
  readonly violations: string[] = [];
  /** While it is set, nothing becomes durable. */
  diskIsStuck = false;
  readonly #options: BenchOptions;
  readonly #connected = new Map<string, boolean>();
  readonly #revisions = new Map<string, number>();
  #stuck: (() => void)[] = [];
  #manager: DeviceManager | null = null;
  #discovery: Discovery | null = null;

  constructor(options: BenchOptions = {}) {
    this.#options = options;
    this.clock = options.clock ?? new VirtualClock();
    this.bus = new VirtualBus(this.clock);
  }

  get manager(): DeviceManager {
    if (!this.#manager) throw new Error('the bench is not running');
    return this.#manager;
  }

  /** Plugs a new device into the bus. */
  plug(options: VirtualDeviceOptions): VirtualDevice {
    const device = virtualDevice(options);
    this.bus.plug(device);
    return device;
  }

  /** Starts, examines what is plugged, and settles. */
  async start(): Promise<void> {
    const { clock, log } = this;
    const store = openMemoryStore({ disk: this.disk });
    const records = await Section.load(store, 'devices', parseDeviceRecord, log);
    const desired = await Section.load(store, 'desired', parseDesiredRecord, log);
    const manager = new DeviceManager({
      clock,
      log,
      records,
      desired,
      policy: () => defaultPolicy,
      commit: (writes, events) => this.#commit(() => store.commit(writes), writes, events),
      publish: (deviceId, document) => {
        this.#publish(deviceId, document);
      },
      sha256: (text) => systemEntropy.sha256(text),
    });
    this.#manager = manager;
    const { hid = this.bus.port(), operatorMappings = [] } = this.#options;
    const discovery = new Discovery({ hid, clock, log, operatorMappings, listener: manager });
    this.#discovery = discovery;
    await clock.complete(discovery.start().then(() => manager.settle()));
    await clock.settle();
  }

  async stop(): Promise<void> {
    const { manager } = this;
    this.#manager = null;
    await this.clock.complete(Promise.all([manager.stop(), this.#discovery?.stop()]));
    this.#discovery = null;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** A record is lost while the agent is down. */
  async lose(section: 'devices' | 'desired', key: string): Promise<void> {
    await openMemoryStore({ disk: this.disk }).commit([{ section, key, value: undefined }]);
  }

  /** Moves time on. */
  advance(milliseconds: number): Promise<void> {
    return this.clock.advance(milliseconds);
  }

  /** A desired document that nothing keeps from being applied, unless it waits for a login. */
  async desire(
    deviceId: string,
    revision: number,
    settings: DesiredSettings,
    { firmware = { management: 'unmanaged' }, waitsForLogin = null }: { firmware?: DesiredFirmware; waitsForLogin?: string | null } = {},
  ): Promise<void> {
    const document: Desired = {
      schema: 'desired/1',
      sentAt: timestamp(this.clock.now()),
      revision,
      source: { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' },
      settings: Object.fromEntries(Object.entries(settings).map(([key, { value, locked = false }]) => [key, { value, locked }])),
      firmware,
    };
    await this.clock.complete(this.manager.desiredReceived(deviceId, document, waitsForLogin));
    await this.clock.settle();
  }

  document(deviceId: string): DeviceDocument {
    const document = this.manager.device(deviceId)?.document;
    if (!document) throw new Error(`nothing is known of ${deviceId}; known are ${this.ids().join(', ')}`);
    return document;
  }

  /** Ids of everything known, or of what is connected. */
  ids(status?: 'connected' | 'disconnected'): string[] {
    return this.manager
      .documents()
      .filter(({ connection }) => status === undefined || connection.status === status)
      .map(({ deviceId }) => deviceId)
      .toSorted();
  }

  /** Types of the device's events so far, `kind` of them if given. */
  eventTypes(deviceId: string): string[] {
    return this.eventsOf(deviceId).map(({ type }) => type);
  }

  eventsOf(deviceId: string, type?: EventDraft['type']): EventDraft[] {
    return this.events.filter((event) => 'deviceId' in event && event.deviceId === deviceId && (type === undefined || event.type === type));
  }

  /** What was published of a device, without tombstones. */
  documentsOf(deviceId: string): DeviceDocument[] {
    return this.publications.flatMap((publication) => (publication.deviceId === deviceId && publication.document ? [publication.document] : []));
  }

  /** The disk works again. */
  releaseDisk(): void {
    this.diskIsStuck = false;
    for (const go of this.#stuck) go();
    this.#stuck = [];
  }

  async #commit(write: () => Promise<void>, writes: readonly StoreWrite[], events: readonly EventDraft[]): Promise<void> {
    if (this.diskIsStuck) {
      await new Promise<void>((resolve) => {
        this.#stuck.push(resolve);
      });
    }
    if (writes.length > 0) await write();
    for (const event of events) this.#happened(event);
  }

  #happened(event: EventDraft): void {
    this.events.push(event);
    if (!('deviceId' in event)) return;
    if (event.type !== 'device.connected' && event.type !== 'device.disconnected') return;
    const isConnected = event.type === 'device.connected';
    if ((this.#connected.get(event.deviceId) ?? false) === isConnected) this.violations.push(`${event.deviceId}: ${event.type} twice in a row`);
    this.#connected.set(event.deviceId, isConnected);
  }

  #publish(deviceId: string, document: DeviceDocument | null): void {
    this.publications.push({ deviceId, document, at: this.clock.monotonic() });
    if (!document) {
      this.#connected.delete(deviceId);
      return;
    }
    const parsed = deviceSchema.safeParse(document);
    if (!parsed.success) this.violations.push(`${deviceId}: ${parsed.error.message}`);
    const before = this.#revisions.get(deviceId) ?? -1;
    if (document.revision <= before) this.violations.push(`${deviceId}: revision ${document.revision} after ${before}`);
    this.#revisions.set(deviceId, document.revision);
    if ((document.connection.status === 'connected') !== (this.#connected.get(deviceId) ?? false))
      this.violations.push(`${deviceId}: published as ${document.connection.status} without an event`);
  }
}
