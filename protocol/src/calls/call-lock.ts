/** A lock beyond this instance of the library: of the process, or of the machine (a file, a named pipe). */
export interface CallLockPort {
  /** Null where somebody else has the device. `lost` is called if it is taken away later. */
  acquire(device: string, lost: () => void): Promise<{ release(): Promise<void> } | null>;
}

/** The right to write to one device's call control. Only a `CallLock` gives it. */
export class CallLease {
  /** As given to `acquire`: the physical port of the device's paths. */
  readonly device: string;
  readonly #listeners = new Set<() => void>();
  readonly #giveBack: () => Promise<void>;
  #held = true;

  /** `takenAway` is called with what ends the lease without giving anything back. */
  constructor(device: string, giveBack: () => Promise<void>, takenAway: (end: () => void) => void) {
    this.device = device;
    this.#giveBack = giveBack;
    takenAway(() => {
      this.#end();
    });
  }

  get held(): boolean {
    return this.#held;
  }

  /** Gives the device back; a second call does nothing. */
  async release(): Promise<void> {
    if (!this.#held) return;
    this.#end();
    await this.#giveBack();
  }

  /** Called once when the lease ends, by `release` or because it was taken away. Returns what ends the subscription. */
  onEnded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #end(): void {
    this.#held = false;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}

/**
 * Lets one owner at a time have a device's calls (the vendor's glossary: "call lock"). It knows the owners of this instance and those that a port
 * tells of; a program that asks nobody, as most softphones, isn't kept out.
 */
export class CallLock {
  readonly #beyond: CallLockPort | null;
  /** Devices that are held, asked for, or being given back. */
  readonly #devices = new Set<string>();

  constructor(beyond: CallLockPort | null = null) {
    this.#beyond = beyond;
  }

  /** `device`: the physical port of its paths (`HidPathInfo.physicalPort`). Null while somebody else has it. Rejects with what the port rejects with. */
  async acquire(device: string): Promise<CallLease | null> {
    if (this.#devices.has(device)) return null;
    this.#devices.add(device);
    try {
      const lease = await this.#ask(device);
      if (!lease) this.#devices.delete(device);
      return lease;
    } catch (error) {
      this.#devices.delete(device);
      throw error;
    }
  }

  async #ask(device: string): Promise<CallLease | null> {
    let isLost = false;
    let endLease = (): void => undefined;
    const outer = this.#beyond
      ? await this.#beyond.acquire(device, () => {
          if (isLost) return;
          isLost = true;
          this.#devices.delete(device);
          endLease();
        })
      : { release: async () => undefined };
    if (!outer || isLost) return null;
    const giveBack = async (): Promise<void> => {
      try {
        await outer.release();
      } finally {
        if (!isLost) this.#devices.delete(device);
      }
    };
    return new CallLease(device, giveBack, (end) => {
      endLease = end;
    });
  }
}
