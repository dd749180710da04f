import { CancelSource } from '../../session/cancel.ts';
import type { Clock } from '../../session/clock.ts';
import { DeviceError } from '../../session/errors.ts';
import type { Dongle } from './dongle.ts';
import type { FoundHeadset } from './search.ts';
import { Deadline } from './wait.ts';

/**
 * Why pairing failed.
 * - `no-answer`: the headset didn't connect in time: out of range, no longer in pairing mode, connected to a phone; or the dongle didn't answer
 * - `refused`: the dongle said no
 * - `dongle-gone`: it was unplugged
 * - `not-supported`: this dongle doesn't know how
 */
export type PairingFailure = 'no-answer' | 'refused' | 'dongle-gone' | 'not-supported';

/** What a pairing dialog shows. `found` grows while it searches and stays afterwards. */
export type PairingState =
  | { readonly kind: 'idle' }
  /** `since`: monotonic milliseconds of the clock. */
  | { readonly kind: 'searching'; readonly since: number; readonly found: readonly FoundHeadset[] }
  /** The search is over; nothing was found where `found` is empty. */
  | { readonly kind: 'searched'; readonly milliseconds: number; readonly found: readonly FoundHeadset[] }
  | { readonly kind: 'connecting'; readonly headset: FoundHeadset; readonly found: readonly FoundHeadset[] }
  | { readonly kind: 'connected'; readonly headset: FoundHeadset }
  /** `headset`: null where the search failed. */
  | {
      readonly kind: 'failed';
      readonly reason: PairingFailure;
      readonly headset: FoundHeadset | null;
      readonly found: readonly FoundHeadset[];
      readonly error: DeviceError;
    };

/** A dongle's own search may be shorter: it is asked again until a person had the time to find the button. */
const searchForMs = 60_000;
const shortestSearchMs = 1000;

const failures: Readonly<Record<DeviceError['code'], PairingFailure>> = {
  timeout: 'no-answer',
  malformed: 'no-answer',
  // Never shown: who cancels has chosen another state.
  cancelled: 'no-answer',
  rejected: 'refused',
  disconnected: 'dongle-gone',
  unsupported: 'not-supported',
};

/** In the place that it had. */
const withHeadset = (found: readonly FoundHeadset[], headset: FoundHeadset): readonly FoundHeadset[] =>
  found.some(({ address }) => address === headset.address)
    ? found.map((one) => (one.address === headset.address ? headset : one))
    : [...found, headset];

/**
 * A pairing dialog without its looks: a person searches, chooses, and sees how it goes. One dongle, one dialog.
 *
 * INVARIANTS: `state` never changes but by one of the methods or the dongle; each change is told once. A result of something that was given up is
 * not told. Never throws.
 */
export class Pairing {
  readonly #dongle: Dongle;
  readonly #clock: Clock;
  readonly #searchForMs: number;
  readonly #listeners = new Set<(state: PairingState) => void>();
  #state: PairingState = { kind: 'idle' };
  #found: readonly FoundHeadset[] = [];
  #work = new CancelSource();

  constructor(dongle: Dongle, clock: Clock, options: { readonly searchForMs?: number } = {}) {
    this.#dongle = dongle;
    this.#clock = clock;
    this.#searchForMs = options.searchForMs ?? searchForMs;
  }

  get state(): PairingState {
    return this.#state;
  }

  /** Returns what ends the subscription. */
  onChange(listener: (state: PairingState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Searches (again), with an empty list. */
  search(): void {
    const work = this.#begin();
    this.#found = [];
    void this.#search(work, this.#clock.monotonic());
  }

  /** Pairs with a headset that was found, also after it failed once. Does nothing for an address that wasn't found. */
  choose(address: string): void {
    const headset = this.#found.find((one) => one.address === address);
    if (headset) void this.#pair(this.#begin(), headset);
  }

  /** Gives up what is under way. What the dongle was told it may still do. */
  stop(): void {
    this.#begin();
    this.#found = [];
    this.#become({ kind: 'idle' });
  }

  async #search(work: CancelSource, since: number): Promise<void> {
    const elapsed = (): number => this.#clock.monotonic() - since;
    const limit = new Deadline(this.#clock, this.#searchForMs, 'searching', work);
    this.#become({ kind: 'searching', since, found: this.#found });
    try {
      let isTooShort = false;
      while (!isTooShort) {
        const begun = elapsed();
        await this.#dongle.search({
          signal: limit.signal,
          onFound: (headset) => {
            this.#found = withHeadset(this.#found, headset);
            this.#become({ kind: 'searching', since, found: this.#found });
          },
        });
        // A dongle that ends every search at once would be asked without a pause.
        isTooShort = elapsed() - begun < shortestSearchMs;
      }
      if (!work.aborted) this.#become({ kind: 'searched', milliseconds: elapsed(), found: this.#found });
    } catch (error) {
      if (limit.failure?.code === 'timeout') this.#become({ kind: 'searched', milliseconds: elapsed(), found: this.#found });
      else this.#fail(work, null, error);
    } finally {
      limit.close();
    }
  }

  async #pair(work: CancelSource, headset: FoundHeadset): Promise<void> {
    this.#become({ kind: 'connecting', headset, found: this.#found });
    try {
      await this.#dongle.pair(headset.address, { signal: work });
      if (!work.aborted) this.#become({ kind: 'connected', headset });
    } catch (error) {
      this.#fail(work, headset, error);
    }
  }

  #fail(work: CancelSource, headset: FoundHeadset | null, error: unknown): void {
    if (work.aborted) return;
    const cause = error instanceof DeviceError ? error : new DeviceError('malformed', 'pairing failed', { cause: error });
    this.#become({ kind: 'failed', reason: failures[cause.code], headset, found: this.#found, error: cause });
  }

  #begin(): CancelSource {
    this.#work.cancel();
    this.#work = new CancelSource();
    return this.#work;
  }

  #become(state: PairingState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
