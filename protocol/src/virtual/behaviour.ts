import type { Packet } from '../frames/index.ts';
import type { Clock } from '../session/clock.ts';
import type { SettingKey, SettingValue } from '../settings/index.ts';
import type { VirtualState } from './state.ts';

/** What a device does with a packet. */
export type Action =
  /** Answers a read with the request's command and subcommand. */
  | { readonly kind: 'reply'; readonly payload: Uint8Array }
  | { readonly kind: 'ack' }
  | { readonly kind: 'nack'; readonly reason: number }
  /** No answer. */
  | { readonly kind: 'silence' }
  /** Sends these reports as they are. */
  | { readonly kind: 'raw'; readonly reports: readonly Uint8Array[] }
  /** Answers after `delayMs` of the clock; a function is asked only then, so that the request is carried out late as well. */
  | { readonly kind: 'later'; readonly delayMs: number; readonly action: Action | (() => Action) };

export const reply = (payload: Uint8Array): Action => ({ kind: 'reply', payload });
export const ack: Action = { kind: 'ack' };
export const nack = (reason: number): Action => ({ kind: 'nack', reason });
export const silence: Action = { kind: 'silence' };

/** What a behaviour may look at and do. */
export interface BehaviourContext {
  readonly state: VirtualState;
  readonly clock: Clock;
  /** What the behaviours defined before this one answer; to another packet where it was changed on the way. */
  next(changed?: Packet): Action;
  /** The reports that an action would send as the answer to this packet, none for `silence` and `later`. */
  encode(action: Action): readonly Uint8Array[];
  /** Sends an event (type 0) from this device's address. */
  event(command: number, subcommand: number, payload: Uint8Array): void;
  /** Changes settings as a write does: announced where something changed. */
  changeSettings(values: ReadonlyMap<SettingKey, SettingValue>): void;
  /** The device leaves at once. It comes back after `backAfterMs`, not by itself where that is null. */
  leave(backAfterMs: number | null): void;
  /** It starts anew with what it holds, away for `backAfterMs`. */
  restart(backAfterMs: number): void;
  /** As `leave`, and every setting is back at its factory default. */
  powerCut(backAfterMs: number): void;
}

/** What a device sends unasked. */
export interface OutgoingEvent {
  readonly command: number;
  readonly subcommand: number;
  readonly payload: Uint8Array;
}

/**
 * One thing that a device does. The newest behaviour is asked first; `undefined` passes the packet on to the next older one.
 * (Behaviours as in zwave-js's mock nodes.)
 */
export interface Behaviour {
  readonly name: string;
  /** Command groups that the device has because of this behaviour: an unknown subcommand of them is NACK FF, of others F6. */
  readonly commands?: readonly number[];
  onPacket(packet: Packet, context: BehaviourContext): Action | undefined;
  /** What becomes of an event before it is sent: the payloads that are, none for a lost one; `undefined` leaves it to the next older behaviour. */
  onEvent?(event: OutgoingEvent, context: Pick<BehaviourContext, 'state' | 'leave' | 'powerCut'>): readonly Uint8Array[] | undefined;
  /** True once it will never act again: it is then forgotten. */
  spent?(): boolean;
}
