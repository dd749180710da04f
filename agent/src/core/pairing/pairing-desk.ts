import { type Clock, Pairing, type Timer } from '@jpd/protocol';
import type { DeviceManager } from '../devices/device-manager.ts';
import { Listeners } from '../listeners.ts';
import { adaptersOf } from './adapters.ts';
import { closed, nextStep, type PairingAct, type PairingInput, type PairingPhase } from './machine.ts';
import { namelessMs, type PairingView, pairingView } from './view.ts';

export interface PairingDeskContext {
  readonly clock: Clock;
  readonly devices: Pick<DeviceManager, 'documents' | 'device'>;
}

/** The dialog of an adapter, and what ends listening to it. */
interface Talk {
  readonly pairing: Pairing;
  readonly endListening: () => void;
}

/**
 * Pairs headsets with the adapters of this PC on a person's word: one at a time, and nothing unasked. Nothing here rejects.
 *
 * INVARIANT: what is to be done is `nextStep`'s to say; this does it.
 */
export class PairingDesk {
  readonly #context: PairingDeskContext;
  readonly #changed = new Listeners<[]>();
  #phase: PairingPhase = closed;
  #talk: Talk | null = null;
  #nameless: Timer | null = null;
  #isStopped = false;

  constructor(context: PairingDeskContext) {
    this.#context = context;
  }

  /** What a user interface shows, null where no pairing is open. */
  get view(): PairingView | null {
    const { clock, devices } = this.#context;
    return pairingView(this.#phase, devices.documents(), clock.now());
  }

  /** The view may have changed of itself, not with a document. Returns what ends the subscription. */
  onChange(listener: () => void): () => void {
    return this.#changed.add(listener);
  }

  /** Opens it and searches; searches again where it is open. */
  start(): void {
    if (!this.#isStopped) this.#take({ kind: 'start' });
  }

  /** Pairs with a headset that was found, also after it failed once. Does nothing for another id. */
  choose(id: string): void {
    this.#take({ kind: 'choose', address: id });
  }

  /** Closes it. What the adapter was told it may still do. */
  close(): void {
    this.#take({ kind: 'stop' });
  }

  /** Devices came, went, or changed. */
  look(): void {
    if (this.#phase.kind !== 'closed') this.#take({ kind: 'look' });
  }

  /** The agent ends, or may not do anything any more. */
  stop(): void {
    this.#isStopped = true;
    this.close();
  }

  #take(input: PairingInput): void {
    const { clock, devices } = this.#context;
    const before = this.#phase;
    const { phase, acts } = nextStep(before, input, adaptersOf(devices), clock.now());
    this.#phase = phase;
    for (const act of acts) this.#do(act);
    this.#showNameless();
    if (phase !== before) this.#changed.emit();
  }

  #do(act: PairingAct): void {
    if (act.act === 'choose') this.#talk?.pairing.choose(act.address);
    if (act.act === 'end') this.#end();
    if (act.act === 'search') {
      const pairing = new Pairing(act.adapter.dongle, this.#context.clock);
      const endListening = pairing.onChange((state) => {
        this.#take({ kind: 'told', state });
      });
      this.#talk = { pairing, endListening };
      pairing.search();
    }
  }

  #end(): void {
    this.#talk?.endListening();
    this.#talk?.pairing.stop();
    this.#talk = null;
  }

  /** Whoever tells no name is shown at last. */
  #showNameless(): void {
    this.#nameless?.cancel();
    this.#nameless = null;
    const phase = this.#phase;
    if (phase.kind !== 'at-adapter' || phase.state.kind !== 'searching') return;
    const { clock } = this.#context;
    const waits = phase.state.found
      .filter(({ name }) => name === null)
      .map(({ address }) => (phase.seenAt.get(address) ?? 0) + namelessMs - clock.now());
    const [next] = waits.filter((milliseconds) => milliseconds > 0).toSorted((a, b) => a - b);
    if (next === undefined) return;
    this.#nameless = clock.setTimer(next, () => {
      this.#showNameless();
      this.#changed.emit();
    });
  }
}
