import { Address } from '../../frames/index.ts';
import { clearPaired, connectHeadset, disconnectHeadset, pairedHeadset, pairHeadset, removePaired } from '../../messages/bluetooth.ts';
import type { CancelSignal, Clock } from '../../session/clock.ts';
import { DeviceError } from '../../session/errors.ts';
import type { RequestOptions, Session } from '../../session/session.ts';
import { GnpDevice } from '../gnp-device.ts';
import { bluetoothAddressText, parseBluetoothAddress } from './bluetooth-address.ts';
import { type ChildHeadset, type ChildOptions, readChildHeadset } from './child-headset.ts';
import { changeLink, type ConnectionEvent, connectionEventOf, type LinkChange, tryPairedList } from './link.ts';
import { type PairedHeadset, type PairedList, type PairedListOptions, readPairedList } from './paired-list.ts';
import { HeadsetSearch, type SearchOptions, type SearchResult } from './search.ts';
import { type DongleTiming, dongleTiming } from './timing.ts';
import { unlessCancelled } from './wait.ts';

export interface DongleOptions {
  /** GNP address; default: 1. */
  readonly address?: number;
  readonly timing?: Partial<DongleTiming>;
}

/** An acknowledgement can be lost while the entry went: a second removal by the same index might hit another headset. */
const once = { attempts: 1 } as const;
const removalAttempts = 3;
const pad = undefined;

const find = (list: PairedList, address: string): PairedHeadset | undefined => list.headsets.find((headset) => headset.address === address);

/** Whether a headset is connected; null where the list broke off before it came. */
function isConnected(list: PairedList, address: string): boolean | null {
  const headset = find(list, address);
  return headset ? headset.connected : list.complete ? false : null;
}

/**
 * The Bluetooth side of a dongle: search, pairing, connections and the list of paired headsets (facts E5, known from a Link 370).
 *
 * Headsets are named by their Bluetooth address, `70:BF:92:00:00:02`. Nothing here is done unasked. Pairing, connecting, disconnecting, removing and clearing
 * wait for each other; a search runs beside them. Every method rejects with `DeviceError`: `rejected` where the dongle refuses, `timeout` where nothing
 * came of it in time, `disconnected` where the dongle is gone, `cancelled`; a Bluetooth address that is none is a `RangeError`.
 */
export class Dongle {
  /** GNP address. */
  readonly address: number;
  readonly #device: GnpDevice;
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #timing: DongleTiming;
  readonly #search: HeadsetSearch;
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: Session, clock: Clock, options: DongleOptions = {}) {
    this.address = options.address ?? Address.base;
    this.#device = new GnpDevice(session, this.address, null, []);
    this.#session = session;
    this.#clock = clock;
    this.#timing = { ...dongleTiming, ...options.timing };
    this.#search = new HeadsetSearch(session, clock, this.address);
  }

  /** The dongle is searching, as far as is known: also after a search was cancelled, until the dongle ends it. */
  get isSearching(): boolean {
    return this.#search.isRunning;
  }

  /** Before the session is closed: ends what waits for a search here, which goes on in the dongle. */
  close(): void {
    this.#search.close();
  }

  /**
   * Searches headsets in pairing mode until the dongle ends the search or the time is over. One at a time: a second search cancels the first. A cancelled
   * search goes on in the dongle, since how to stop it is not known; the next one waits for its end and tells what it found and finds. See `close`.
   */
  search(options: SearchOptions = {}): Promise<SearchResult> {
    return this.#search.start({ ...options, searchMs: options.searchMs ?? this.#timing.searchMs });
  }

  /** Pairs with a headset that a search found, and resolves when it is connected. Cancelling only ends the waiting. */
  async pair(address: string, options: RequestOptions = {}): Promise<void> {
    const target = addressOf(address);
    await this.#oneByOne('pairing', options, () =>
      this.#change({
        ...this.#plan('pairing', this.#timing.pairMs, options),
        start: (request) => this.#session.write(pairHeadset, this.address, { kind: undefined, address: target.bytes }, request),
        isDone: (list) => isConnected(list, target.text),
        isDoneWithoutList: (told) => told.get(target.text) === true,
      }),
    );
  }

  /** Connects to a paired headset; another one that is connected is disconnected first, as the tool does. Resolves when it is connected. */
  async connect(address: string, options: RequestOptions = {}): Promise<void> {
    const target = addressOf(address);
    await this.#oneByOne('connecting', options, async () => {
      const list = await tryPairedList(this.#session, this.address, options);
      const connected = list?.headsets.find((headset) => headset.connected);
      if (connected?.address === target.text) return;
      if (connected) await this.#disconnect(connected.address, options);
      await this.#change({
        ...this.#plan('connecting', this.#timing.connectMs, options),
        start: (request) => this.#session.write(connectHeadset, this.address, { pad, address: target.bytes }, request),
        isDone: (now) => isConnected(now, target.text),
        isDoneWithoutList: (told) => told.get(target.text) === true,
      });
    });
  }

  /** Disconnects a headset, which stays paired. Resolves when it is disconnected, at once where it was. */
  async disconnect(address: string, options: RequestOptions = {}): Promise<void> {
    const { text } = addressOf(address);
    await this.#oneByOne('disconnecting', options, async () => {
      const list = await tryPairedList(this.#session, this.address, options);
      if (list && isConnected(list, text) === false) return;
      await this.#disconnect(text, options);
    });
  }

  /** See `readPairedList`. */
  pairedList(options: PairedListOptions = {}): Promise<PairedList> {
    return readPairedList(this.#session, this.address, options);
  }

  /** Forgets a headset, disconnected first where it is connected, as the tool does. False where the dongle didn't remember it. */
  async remove(address: string, options: RequestOptions = {}): Promise<boolean> {
    const { text } = addressOf(address);
    return this.#oneByOne('removing', options, async () => {
      for (let attempt = 1; attempt <= removalAttempts; attempt += 1) {
        const list = await readPairedList(this.#session, this.address, { ...options, names: false });
        const headset = find(list, text);
        if (!headset && list.complete) return attempt > 1;
        if (headset && (await this.#removeEntry(headset, options))) return true;
      }
      throw new DeviceError('timeout', `the list of the dongle changed, or didn't, each time that ${text} was to be removed`);
    });
  }

  /** Forgets every headset. Resolves when the list is empty; a dongle that refuses to show an empty list is believed. */
  clear(options: RequestOptions = {}): Promise<void> {
    return this.#oneByOne('clearing', options, () =>
      this.#change({
        ...this.#plan('clearing', this.#timing.forgetMs, options),
        start: (request) => this.#session.write(clearPaired, this.address, undefined, request),
        isDone: (list) => list.complete && list.headsets.length === 0,
        isDoneWithoutList: () => true,
      }),
    );
  }

  /** See `readChildHeadset`. */
  child(options: ChildOptions = {}): Promise<ChildHeadset | null> {
    return readChildHeadset(this.#session, this.#device, options);
  }

  /** A headset came or left: the connection as the dongle told it. Returns what ends the subscription. */
  onConnection(listener: (event: ConnectionEvent) => void): () => void {
    return this.#session.onEvent((packet) => {
      const event = packet.source === this.address ? connectionEventOf(packet) : null;
      if (event) listener(event);
    });
  }

  #disconnect(text: string, options: RequestOptions): Promise<void> {
    const target = addressOf(text);
    return this.#change({
      ...this.#plan('disconnecting', this.#timing.disconnectMs, options),
      start: (request) => this.#session.write(disconnectHeadset, this.address, { pad, address: target.bytes }, request),
      isDone: (list) => {
        const connected = isConnected(list, text);
        return connected === null ? null : !connected;
      },
      isDoneWithoutList: (told) => told.get(text) === false,
    });
  }

  /** False where the list changed under it, or the answer was lost: to be looked at again. */
  async #removeEntry({ address, connected, index }: PairedHeadset, options: RequestOptions): Promise<boolean> {
    if (connected) await this.#disconnect(address, options);
    const entry = await this.#session.read(pairedHeadset, this.address, { ...options, request: { pad, index } });
    if (bluetoothAddressText(entry.address) !== address) return false;
    try {
      await this.#change({
        ...this.#plan('removing', this.#timing.forgetMs, options),
        start: (request) => this.#session.write(removePaired, this.address, { pad, index }, { ...request, timing: { ...request.timing, ...once } }),
        isDone: (list) => (list.complete ? !find(list, address) : null),
        isDoneWithoutList: () => false,
      });
      return true;
    } catch (error) {
      if (error instanceof DeviceError && error.code === 'timeout') return false;
      throw error;
    }
  }

  #plan(what: string, milliseconds: number, options: RequestOptions): Omit<LinkChange, 'start' | 'isDone' | 'isDoneWithoutList'> {
    const signal: CancelSignal | undefined = options.signal;
    return { what, milliseconds, pollMs: this.#timing.pollMs, signal, timing: options.timing };
  }

  #change(change: LinkChange): Promise<void> {
    return changeLink(this.#session, this.#clock, this.address, change);
  }

  /** One that is cancelled while it waits is over at once; what it would have sent is refused with its own signal. */
  #oneByOne<T>(what: string, { signal }: RequestOptions, act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act, act);
    this.#last = turn;
    // Its caller is told.
    turn.catch(() => undefined);
    return unlessCancelled(turn, signal, what);
  }
}

function addressOf(text: string): { readonly text: string; readonly bytes: Uint8Array } {
  const bytes = parseBluetoothAddress(text);
  if (!bytes) throw new RangeError(`"${text}" is no Bluetooth address`);
  return { text: bluetoothAddressText(bytes), bytes };
}
