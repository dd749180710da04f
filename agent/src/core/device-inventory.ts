import type { Clock, HidPort, OperatorMapping } from '@jpd/protocol';
import type { DeviceDocument } from '../contract/index.ts';
import { defaultPolicy } from '../contract/index.ts';
import type { Entropy, Log, Store } from '../ports/index.ts';
import { DeviceManager } from './devices/device-manager.ts';
import { Discovery } from './devices/discovery.ts';
import { type DesiredRecord, type DeviceRecord, parseDesiredRecord, parseDeviceRecord } from './devices/record.ts';
import { Listeners } from './listeners.ts';
import { Section } from './state/section.ts';

export interface InventoryContext {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** Thrown away afterwards: a memory store. */
  readonly store: Store;
  readonly hid: HidPort;
  readonly operatorMappings: readonly OperatorMapping[];
}

/** The devices of this PC without a platform: found and read, nothing desired, nothing written. */
export class DeviceInventory {
  readonly #manager: DeviceManager;
  readonly #discovery: Discovery;
  readonly #hid: HidPort;
  readonly #changes = new Listeners<[]>();

  private constructor(context: InventoryContext, records: Section<DeviceRecord>, desired: Section<DesiredRecord>) {
    const { clock, log, entropy, hid, operatorMappings, store } = context;
    this.#hid = hid;
    this.#manager = new DeviceManager({
      clock,
      log,
      records,
      desired,
      policy: () => defaultPolicy,
      commit: (writes) => store.commit(writes),
      publish: () => {
        this.#changes.emit();
      },
      sha256: (text) => entropy.sha256(text),
    });
    this.#discovery = new Discovery({ hid, clock, log, operatorMappings, listener: this.#manager });
  }

  /** Resolves when everything that is plugged in was read. Rejects where devices cannot be listed at all. */
  static async open(context: InventoryContext): Promise<DeviceInventory> {
    const records = await Section.load(context.store, 'devices', parseDeviceRecord, context.log);
    const desired = await Section.load(context.store, 'desired', parseDesiredRecord, context.log);
    const inventory = new DeviceInventory(context, records, desired);
    await inventory.#discovery.start();
    await inventory.#manager.settle();
    const { failure } = inventory.#discovery;
    if (failure) {
      await inventory.close();
      throw failure;
    }
    return inventory;
  }

  /** What is connected. */
  documents(): readonly DeviceDocument[] {
    return this.#manager.documents().filter(({ connection }) => connection.status === 'connected');
  }

  /** Called after a document changed. */
  onChange(listener: () => void): () => void {
    return this.#changes.add(listener);
  }

  async close(): Promise<void> {
    await this.#manager.stop();
    await this.#discovery.stop();
    await this.#hid.close();
  }
}
