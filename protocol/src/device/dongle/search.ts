import type { Packet } from '../../frames/index.ts';
import { headsetFound, headsetName, searchEnded, searchParameters, searchStart } from '../../messages/bluetooth.ts';
import { tryDecodePayload } from '../../messages/message.ts';
import { CancelSource } from '../../session/cancel.ts';
import type { CancelSignal, Clock } from '../../session/clock.ts';
import { DeviceError } from '../../session/errors.ts';
import type { RequestOptions, Session } from '../../session/session.ts';
import { bluetoothAddressText } from './bluetooth-address.ts';
import { connectionEventOf } from './link.ts';
import { sendCarefully } from './send.ts';
import { shownName } from './shown-name.ts';
import { unlessCancelled } from './wait.ts';

/** A headset in pairing mode that the dongle found. */
export interface FoundHeadset {
  /** `70:BF:92:00:00:02`. */
  readonly address: string;
  /** Null until the headset tells it, some time after its address. */
  readonly name: string | null;
}

/** How a search ended: the dongle said so, or it said nothing for too long. */
export interface SearchResult {
  /** In the order in which they were found. */
  readonly headsets: readonly FoundHeadset[];
  readonly end: 'ended' | 'deadline';
}

export interface SearchOptions extends RequestOptions {
  /** Called once for each headset, and again when its name comes or changes. */
  readonly onFound?: (headset: FoundHeadset) => void;
  /** Until the dongle must have ended it; default: 60 s. */
  readonly searchMs?: number;
}

const what = 'the search';

const belongs = (packet: Packet, { command, subcommand }: { readonly command: number; readonly subcommand: number }): boolean =>
  packet.command === command && packet.subcommand === subcommand;

/** Headsets by address, each told once and once more for each new name. */
class FoundHeadsets {
  readonly #byAddress = new Map<string, FoundHeadset>();
  readonly #tell: (headset: FoundHeadset) => void;

  constructor(tell: (headset: FoundHeadset) => void) {
    this.#tell = tell;
  }

  get all(): readonly FoundHeadset[] {
    return [...this.#byAddress.values()];
  }

  take(packet: Packet): void {
    // A name may come without its address: the tool takes it for a found headset as well.
    const named = belongs(packet, headsetName) ? tryDecodePayload(headsetName.event, packet.payload) : null;
    const value = named ?? (belongs(packet, headsetFound) ? tryDecodePayload(headsetFound.event, packet.payload) : null);
    if (!value || value.address.every((byte) => byte === 0)) return;
    const address = bluetoothAddressText(value.address);
    const before = this.#byAddress.get(address);
    const headset: FoundHeadset = { address, name: (named && shownName(named.name)) ?? before?.name ?? null };
    if (!before || before.name !== headset.name) this.add(headset);
  }

  /** It connected: it is in pairing mode no more. */
  leave(packet: Packet): void {
    const event = connectionEventOf(packet);
    if (event?.connected && event.address !== null) this.#byAddress.delete(event.address);
  }

  add(headset: FoundHeadset): void {
    this.#byAddress.set(headset.address, headset);
    this.#tell(headset);
  }
}

/** A search that the dongle runs, whether or not somebody still waits for it. */
interface Run {
  /** By this search, whoever listened. */
  readonly found: FoundHeadsets;
  readonly end: Promise<SearchResult['end']>;
  /** It never began. */
  readonly stop: () => void;
  /** Nobody hears its end any more. */
  readonly lose: (reason: string) => void;
}

/**
 * Searches of one dongle, one at a time.
 *
 * INVARIANT: no public source knows how a dongle's search is stopped. A cancelled one goes on in the dongle until its end event; the next search waits for
 * that, because the end of the old one would be taken for its own, and tells what the old one found and finds.
 */
export class HeadsetSearch {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #address: number;
  #run: Run | null = null;
  #current: CancelSource | null = null;

  constructor(session: Session, clock: Clock, address: number) {
    this.#session = session;
    this.#clock = clock;
    this.#address = address;
  }

  /** The dongle is searching, as far as this object knows. */
  get isRunning(): boolean {
    return this.#run !== null;
  }

  /** The session ends: who waits is told `disconnected`, and nothing is left running here. */
  close(): void {
    this.#run?.lose('the session ends');
  }

  /** See `Dongle.search`. */
  async start({ onFound, searchMs, signal, timing }: SearchOptions & { readonly searchMs: number }): Promise<SearchResult> {
    this.#current?.cancel();
    const own = new CancelSource();
    this.#current = own;
    const cancel = (): void => {
      own.cancel();
    };
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) own.cancel();
    const found = new FoundHeadsets((headset) => {
      if (!own.aborted) onFound?.(headset);
    });
    const stopListening = this.#onEvent((packet) => {
      found.take(packet);
    });
    for (const headset of this.#run?.found.all ?? []) found.add(headset);
    try {
      while (this.#run) await unlessCancelled(this.#run.end, own, what);
      const run = await this.#begin(searchMs, own, timing);
      const end = await unlessCancelled(run.end, own, what);
      return { headsets: found.all, end };
    } finally {
      stopListening();
      signal?.removeEventListener('abort', cancel);
      if (this.#current === own) this.#current = null;
    }
  }

  /** The request itself isn't cancelled: whether the dongle searches must be known before the next search. */
  async #begin(searchMs: number, signal: CancelSignal, timing: RequestOptions['timing']): Promise<Run> {
    if (signal.aborted) throw new DeviceError('cancelled', `${what} was cancelled`);
    const run = this.#listen(searchMs);
    this.#run = run;
    const started = sendCarefully({
      send: (options) => this.#session.write(searchStart, this.#address, searchParameters, options),
      options: timing ? { timing } : {},
    });
    started.catch(run.stop);
    await unlessCancelled(started, signal, what);
    return run;
  }

  /** Ends by itself: with the end event, after `searchMs`, or with the session. */
  #listen(searchMs: number): Run {
    const cleanUps: (() => void)[] = [];
    const found = new FoundHeadsets(() => undefined);
    let resolve: (end: SearchResult['end']) => void = () => undefined;
    let reject: (error: DeviceError) => void = () => undefined;
    const end = new Promise<SearchResult['end']>((...settle) => {
      [resolve, reject] = settle;
    });
    const over = (): void => {
      this.#run = null;
      for (const cleanUp of cleanUps.splice(0)) cleanUp();
    };
    const finish = (result: SearchResult['end']): void => {
      over();
      resolve(result);
    };
    const lose = (reason: string): void => {
      over();
      reject(new DeviceError('disconnected', reason));
    };
    // Whoever waits is told that the device is gone; often nobody does.
    end.catch(() => undefined);
    const timer = this.#clock.setTimer(searchMs, () => {
      finish('deadline');
    });
    cleanUps.push(
      () => {
        timer.cancel();
      },
      this.#onEvent((packet) => {
        found.take(packet);
        found.leave(packet);
        if (belongs(packet, searchEnded)) finish('ended');
      }),
      this.#session.onClosed(lose),
    );
    return {
      found,
      end,
      stop: () => {
        finish('ended');
      },
      lose,
    };
  }

  #onEvent(listener: (packet: Packet) => void): () => void {
    return this.#session.onEvent((packet) => {
      if (packet.source === this.#address) listener(packet);
    });
  }
}
