import type { UpdateBlock } from '../../messages/firmware.ts';
import { type Announcement, StagedCopy } from './staged-copy.ts';
import { defaultFirmwareTraits, type FirmwareTraits } from './traits.ts';

/**
 * The flash of a device with two copies of each partition: one runs, the other one is written. No public source describes it; it is stricter than anybody
 * knows real devices to be, so that a host's wrong sequence shows.
 *
 * INVARIANTS: what runs is never written, but by `start` before a partition was chosen. A power loss at any moment leaves what ran before, or after
 * `commit` all of the new, unless the host went wrong before:
 * - `start` without a chosen partition erases what runs (a choice doesn't outlive a restart);
 * - a version written to a copy that isn't verified makes the next start boot it;
 * - `commit` swaps every copy that was begun since the last one, verified or not, also those that a power loss took the verification of;
 * - copies of different versions don't run together.
 * Any of these bricks the device at its next start.
 */
export class Flash {
  readonly traits: FirmwareTraits;
  readonly #running = new Map<number, Uint8Array>();
  readonly #staged = new Map<number, StagedCopy>();
  #chosen: number | null = null;
  /** What runs from the next start on. */
  #nextVersion: string | null = null;
  #cannotBoot: string | null = null;
  #bricked: string | null = null;
  #starts = 0;
  #blocksReceived = 0;

  constructor(traits: Partial<FirmwareTraits> = {}) {
    this.traits = { ...defaultFirmwareTraits, ...traits };
  }

  /** Why it will never run again, null while it does. */
  get bricked(): string | null {
    return this.#bricked;
  }

  /** How often it started: what was begun before a start doesn't go on after it. */
  get starts(): number {
    return this.#starts;
  }

  /** What runs, by partition; without those that nobody has updated. */
  get running(): ReadonlyMap<number, Uint8Array> {
    return this.#running;
  }

  /** The copy that is written now, null where there is none. */
  get chosenCopy(): StagedCopy | null {
    return this.#chosen === null ? null : (this.#staged.get(this.#chosen) ?? null);
  }

  /** How many blocks came in all, whatever became of them. */
  get blocksReceived(): number {
    return this.#blocksReceived;
  }

  /** A block came; see `StagedCopy.take`. */
  take(block: UpdateBlock): number | null {
    this.#blocksReceived += 1;
    return this.chosenCopy?.take(block, this.traits.blockNumbers) ?? null;
  }

  choose(partition: number): void {
    this.#chosen = partition;
  }

  /** Begins to erase; null where that hit what runs. */
  start(): StagedCopy | null {
    if (this.#chosen === null) {
      this.#cannotBoot = 'an erase without a chosen partition hit the copy that runs';
      return null;
    }
    const copy = this.chosenCopy ?? new StagedCopy();
    copy.erase();
    this.#staged.set(this.#chosen, copy);
    return copy;
  }

  /** False where no copy was begun. */
  announce(announcement: Announcement): boolean {
    const copy = this.chosenCopy;
    copy?.announce(announcement);
    return copy !== null;
  }

  /** False where no copy was begun. */
  stamp(version: string): boolean {
    const copy = this.chosenCopy;
    if (copy) copy.version = version;
    return copy !== null;
  }

  /** The other copies run from the next start on. False where none was begun. */
  commit(): boolean {
    if (this.#staged.size === 0) return false;
    const versions = new Set([...this.#staged.values()].map(({ version }) => version));
    const [version = null] = versions;
    const unverified = [...this.#staged].filter(([, copy]) => !copy.verified).map(([partition]) => partition);
    if (unverified.length > 0) this.#cannotBoot = `partition ${unverified.join(', ')} was committed unverified`;
    else if (version === null || versions.size > 1) this.#cannotBoot = 'copies of several versions, or of none, were committed together';
    else for (const [partition, { content }] of this.#staged) this.#running.set(partition, content);
    this.#nextVersion = version;
    this.#staged.clear();
    this.#chosen = null;
    return true;
  }

  /** It starts: after a commit, a power loss, or for any other reason. Gives the version that runs where that changed. */
  boot(): string | null {
    this.#starts += 1;
    const stamped = [...this.#staged].find(([, { verified, version }]) => version !== null && !verified);
    if (stamped) this.#cannotBoot ??= `partition ${stamped[0]} got its version before it was verified`;
    this.#bricked ??= this.#cannotBoot;
    this.#chosen = null;
    for (const copy of this.#staged.values()) copy.lose();
    const version = this.#nextVersion;
    this.#nextVersion = null;
    return this.#bricked === null ? version : null;
  }
}
