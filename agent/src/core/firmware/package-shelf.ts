import { CancelSource, type Clock } from '@jpd/protocol';
import { type FirmwarePackage, FirmwarePackageError, readFirmwarePackage } from '@jpd/protocol/firmware';
import type { FirmwareError } from '../../contract/index.ts';
import type { Entropy, Log, PackageReference, PackageStore } from '../../ports/index.ts';
import { packageError, type PackageNeed } from './package-check.ts';
import type { PackageState } from './package-state.ts';

const firstRetryMs = 5000;
const longestRetryMs = 1_800_000;

export interface ShelfContext {
  readonly clock: Clock;
  readonly entropy: Pick<Entropy, 'random'>;
  readonly log: Log;
  readonly packages: PackageStore;
  /** The state of a package changed. */
  readonly onChange: () => void;
}

/** As the store has it, whoever it is for. */
type Entry =
  | { readonly kind: 'missing' | 'failed'; readonly error: FirmwareError | null; readonly retries: number }
  | { readonly kind: 'downloading'; readonly done: number; readonly total: number; readonly retries: number }
  | { readonly kind: 'waiting'; readonly until: number; readonly retries: number }
  /** `contents` without the images' bytes. */
  | { readonly kind: 'ready'; readonly contents: FirmwarePackage; readonly retries: number };

const unasked: Entry = { kind: 'missing', error: null, retries: 0 };

const keyOf = ({ url, sha256, size }: PackageReference): string => JSON.stringify([sha256, size, url]);

/** Firmware packages as devices need them: fetched once for all of them, read, and held against each of them before a byte is sent. */
export class PackageShelf {
  readonly #context: ShelfContext;
  readonly #entries = new Map<string, Entry>();
  readonly #cancel = new CancelSource();

  constructor(context: ShelfContext) {
    this.#context = context;
  }

  /** How a package is for a device. */
  state(reference: PackageReference, need: PackageNeed): PackageState {
    const entry = this.#entry(reference);
    switch (entry.kind) {
      case 'ready': {
        const error = packageError(entry.contents, need);
        return error ? { kind: 'failed', error } : { kind: 'ready' };
      }
      case 'failed':
      case 'missing':
        return entry.error ? { kind: 'failed', error: entry.error } : { kind: 'missing' };
      case 'downloading':
        return { kind: 'downloading', done: entry.done, total: entry.total };
      case 'waiting':
        return { kind: 'waiting', until: entry.until };
    }
  }

  /** Fetches what isn't here and isn't on its way. */
  need(reference: PackageReference): void {
    const { kind } = this.#entry(reference);
    if (kind === 'downloading' || kind === 'ready' || this.#cancel.aborted) return;
    this.#put(reference, { kind: 'downloading', done: 0, total: reference.size, retries: this.#entry(reference).retries });
    void this.#fetch(reference).then((entry) => {
      this.#put(reference, entry);
    });
  }

  /** What failed, or waits, may be tried again at once. */
  retry(reference: PackageReference): void {
    const { kind } = this.#entry(reference);
    if (kind === 'failed' || kind === 'waiting') this.#put(reference, unasked);
  }

  /** The network changed: what waits needn't. */
  retryAll(): void {
    for (const [key, { kind }] of this.#entries) if (kind === 'waiting') this.#entries.set(key, unasked);
    this.#context.onChange();
  }

  /** All of it; null where it isn't here any more, and has to be fetched again. */
  async read(reference: PackageReference): Promise<FirmwarePackage | null> {
    const bytes = await this.#context.packages.read(reference);
    if (!bytes) this.#put(reference, unasked);
    return bytes && readFirmwarePackage(bytes);
  }

  /** Only these are still of use. */
  async keepOnly(wanted: readonly PackageReference[]): Promise<void> {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, { kind }] of this.#entries) if (!keys.has(key) && kind !== 'downloading') this.#entries.delete(key);
    try {
      await this.#context.packages.keepOnly(wanted);
    } catch (error) {
      this.#context.log.warn('old firmware packages could not be deleted', { error });
    }
  }

  stop(): void {
    this.#cancel.cancel();
  }

  #entry(reference: PackageReference): Entry {
    return this.#entries.get(keyOf(reference)) ?? unasked;
  }

  #put(reference: PackageReference, entry: Entry): void {
    if (this.#cancel.aborted) return;
    this.#entries.set(keyOf(reference), entry);
    this.#context.onChange();
  }

  async #fetch(reference: PackageReference): Promise<Entry> {
    const { packages, log } = this.#context;
    const { retries } = this.#entry(reference);
    try {
      const fetched = await packages.fetch(reference, this.#cancel.signal, (done, total) => {
        if (this.#entry(reference).kind === 'downloading') this.#put(reference, { kind: 'downloading', done, total, retries });
      });
      if (fetched.status === 'ready') return (await this.#open(reference)) ?? this.#waiting(retries);
      if (fetched.status === 'failed') return { kind: 'failed', error: { code: fetched.code, message: fetched.message }, retries: 0 };
      const retryMs = fetched.retryAfterMs ?? this.#backOff(retries);
      log.info('a firmware package is not here yet', { reason: fetched.message, retryMs });
      return this.#waiting(retries, retryMs);
    } catch (error) {
      if (!this.#cancel.aborted) log.warn('a firmware package could not be fetched', { error });
      return this.#waiting(retries);
    }
  }

  #waiting(retries: number, waitMs = this.#backOff(retries)): Entry {
    return { kind: 'waiting', until: this.#context.clock.now() + waitMs, retries: retries + 1 };
  }

  /** Null where the disk doesn't give what it was said to have. */
  async #open(reference: PackageReference): Promise<Entry | null> {
    try {
      const firmware = await this.read(reference);
      if (!firmware) return null;
      const images = firmware.images.map((image) => ({ ...image, content: new Uint8Array(0) }));
      return { kind: 'ready', contents: { ...firmware, images }, retries: 0 };
    } catch (error) {
      if (!(error instanceof FirmwarePackageError)) throw error;
      return { kind: 'failed', error: { code: 'package-invalid', message: error.message }, retries: 0 };
    }
  }

  /** Half of it is chance: ten thousand clients of one server must not come at once. */
  #backOff(retries: number): number {
    const longest = Math.min(firstRetryMs * 2 ** retries, longestRetryMs);
    return longest / 2 + (longest / 2) * this.#context.entropy.random();
  }
}
