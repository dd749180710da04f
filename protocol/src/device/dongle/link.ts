import type { Packet } from '../../frames/index.ts';
import { connectionState } from '../../messages/bluetooth.ts';
import { tryDecodePayload } from '../../messages/message.ts';
import type { CancelSignal, Clock } from '../../session/clock.ts';
import { DeviceError } from '../../session/errors.ts';
import type { RequestOptions, Session } from '../../session/session.ts';
import { bluetoothAddressText } from './bluetooth-address.ts';
import { type PairedList, readPairedList } from './paired-list.ts';
import { sendCarefully } from './send.ts';
import { Deadline, Nap } from './wait.ts';

/** What a dongle says of the connection to a headset. */
export interface ConnectionEvent {
  /** Null where the event is none that is understood. */
  readonly address: string | null;
  /** Null where it doesn't say: the paired list knows. */
  readonly connected: boolean | null;
}

/** The connection event in a packet, null where it is another one. */
export function connectionEventOf(packet: Packet): ConnectionEvent | null {
  if (packet.command !== connectionState.command || packet.subcommand !== connectionState.subcommand) return null;
  const value = tryDecodePayload(connectionState.event, packet.payload);
  if (!value) return { address: null, connected: null };
  const { connected, disconnected } = value.state;
  return { address: bluetoothAddressText(value.address), connected: connected === disconnected ? null : connected };
}

/** The list, null where the dongle doesn't give it (now). Rejects with `disconnected` or `cancelled` only. */
export async function tryPairedList(session: Session, address: number, options: RequestOptions): Promise<PairedList | null> {
  try {
    return await readPairedList(session, address, { ...options, names: false });
  } catch (error) {
    if (error instanceof DeviceError && error.code !== 'disconnected' && error.code !== 'cancelled') return null;
    throw error;
  }
}

/** What is asked of the dongle, and how its success is known. */
export interface LinkChange {
  /** Begins messages: "pairing". */
  readonly what: string;
  readonly milliseconds: number;
  readonly pollMs: number;
  readonly signal: CancelSignal | undefined;
  readonly timing: RequestOptions['timing'];
  /** Sends the request. */
  start(options: RequestOptions): Promise<void>;
  /** What the list says; null where it doesn't. */
  isDone(list: PairedList): boolean | null;
  /** What counts while the dongle gives no list; `told` is the last event of each headset. */
  isDoneWithoutList(told: ReadonlyMap<string, boolean>): boolean;
}

/**
 * Sends the request and waits until the dongle's list shows that it is done. Events say when asking is worth it; the list is what counts, because the
 * events' own state is not known for certain (see `connectionState`). Rejects with `DeviceError`: `timeout` where nothing came of it in time.
 */
export async function changeLink(session: Session, clock: Clock, address: number, change: LinkChange): Promise<void> {
  const deadline = new Deadline(clock, change.milliseconds, change.what, change.signal);
  const nap = new Nap(clock, deadline.signal);
  const told = new Map<string, boolean>();
  const stopListening = session.onEvent((packet) => {
    const event = packet.source === address ? connectionEventOf(packet) : null;
    if (!event) return;
    if (event.address !== null && event.connected !== null) told.set(event.address, event.connected);
    nap.wake();
  });
  const stopWatching = session.onClosed(() => {
    nap.wake();
  });
  const request: RequestOptions = { signal: deadline.signal, ...(change.timing ? { timing: change.timing } : {}) };
  try {
    const isDone = async (): Promise<boolean> => {
      const list = await tryPairedList(session, address, request);
      return (list && change.isDone(list)) ?? change.isDoneWithoutList(told);
    };
    await sendCarefully({ send: (options) => change.start(options), isDone, options: request });
    while (!(await isDone())) {
      await nap.sleep(change.pollMs);
      if (deadline.failure) throw deadline.failure;
    }
  } catch (error) {
    // What was on its way was ended by the deadline's own signal.
    throw error instanceof DeviceError && error.code === 'cancelled' ? (deadline.failure ?? error) : error;
  } finally {
    deadline.close();
    stopListening();
    stopWatching();
  }
}
