import type { Dongle, PairingState } from '@jpd/protocol';
import type { PairingAdapter } from './adapters.ts';

/** Where a pairing is, from a person's start until they close it. Times are Unix milliseconds. */
export type PairingPhase =
  | { readonly kind: 'closed' }
  /** For an adapter that isn't one of `passed`. `lost`: the one that was pulled out on the way, null where there never was one. */
  | { readonly kind: 'waiting'; readonly lost: PairingAdapter | null; readonly passed: ReadonlySet<Dongle> }
  | {
      readonly kind: 'at-adapter';
      readonly adapter: PairingAdapter;
      /** What the adapter's dialog says. */
      readonly state: PairingState;
      readonly startedAt: number;
      /** When `state` came. */
      readonly at: number;
      /** When each headset that was found was told first, by its address. */
      readonly seenAt: ReadonlyMap<string, number>;
    };

/** What happens to a pairing. */
export type PairingInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'choose'; readonly address: string }
  | { readonly kind: 'stop' }
  /** The adapter's dialog changed. */
  | { readonly kind: 'told'; readonly state: PairingState }
  /** Devices came, went, or changed. */
  | { readonly kind: 'look' };

/** What is to be done next; `end` lets go of the dialog that there is. */
export type PairingAct =
  { readonly act: 'search'; readonly adapter: PairingAdapter } | { readonly act: 'choose'; readonly address: string } | { readonly act: 'end' };

export interface PairingStep {
  readonly phase: PairingPhase;
  readonly acts: readonly PairingAct[];
}

export const closed: PairingPhase = { kind: 'closed' };
const end: PairingAct = { act: 'end' };
const nobody: ReadonlySet<Dongle> = new Set();

const stay = (phase: PairingPhase): PairingStep => ({ phase, acts: [] });
const close: PairingStep = { phase: closed, acts: [end] };

/** Begins at the first adapter that may be used and isn't one of `passed`, else waits for one. */
function begin(adapters: readonly PairingAdapter[], passed: ReadonlySet<Dongle>, lost: PairingAdapter | null, now: number): PairingStep {
  const adapter = adapters.find(({ dongle, isUpdating }) => !passed.has(dongle) && !isUpdating);
  if (!adapter) return { phase: { kind: 'waiting', lost, passed }, acts: [end] };
  const phase: PairingPhase = { kind: 'at-adapter', adapter, state: { kind: 'idle' }, startedAt: now, at: now, seenAt: new Map() };
  return { phase, acts: [end, { act: 'search', adapter }] };
}

const isOver = ({ kind }: PairingState): boolean => kind === 'connected';

/** It is gone: only one that is plugged in from now on takes its place, so that what is shown doesn't change under a person's eyes. */
function lose(adapter: PairingAdapter, adapters: readonly PairingAdapter[]): PairingStep {
  const passed = new Set([adapter.dongle, ...adapters.map(({ dongle }) => dongle)]);
  return { phase: { kind: 'waiting', lost: adapter, passed }, acts: [end] };
}

function look(phase: PairingPhase, adapters: readonly PairingAdapter[], now: number): PairingStep {
  if (phase.kind === 'closed') return stay(phase);
  if (phase.kind === 'waiting') {
    const { lost, passed } = phase;
    // It wasn't pulled out: an update has it, and tells so in its own place.
    const isInUpdate = adapters.some(({ deviceId, isUpdating }) => isUpdating && deviceId === lost?.deviceId);
    if (isInUpdate) return close;
    const next = begin(adapters, passed, lost, now);
    return next.phase.kind === 'waiting' ? stay(phase) : next;
  }
  const { adapter, state } = phase;
  if (isOver(state)) return stay(phase);
  const present = adapters.find(({ dongle }) => dongle === adapter.dongle);
  if (!present) return lose(adapter, adapters);
  return present.isUpdating ? close : stay(phase);
}

function told(phase: PairingPhase, state: PairingState, adapters: readonly PairingAdapter[], now: number): PairingStep {
  if (phase.kind !== 'at-adapter') return stay(phase);
  const { adapter } = phase;
  const isGone = !adapters.some(({ dongle }) => dongle === adapter.dongle);
  if (state.kind === 'failed' && (isGone || state.reason === 'dongle-gone')) return lose(adapter, adapters);
  // It can't pair: to a person it is none.
  if (state.kind === 'failed' && state.reason === 'not-supported') return begin(adapters, new Set([adapter.dongle]), null, now);
  const found = 'found' in state ? state.found : [];
  const seenAt = new Map(found.map(({ address }) => [address, phase.seenAt.get(address) ?? now]));
  return stay({ ...phase, state, at: now, seenAt });
}

/** The next step of a pairing. Pure: `adapters` are those that are plugged in now, in the order of preference. */
export function nextStep(phase: PairingPhase, input: PairingInput, adapters: readonly PairingAdapter[], now: number): PairingStep {
  switch (input.kind) {
    case 'start': {
      // Once more at the adapter that it was at, where that is there.
      const before = phase.kind === 'at-adapter' ? phase.adapter.dongle : null;
      return begin(
        [...adapters].toSorted((a, b) => Number(b.dongle === before) - Number(a.dongle === before)),
        nobody,
        null,
        now,
      );
    }
    case 'choose':
      return phase.kind === 'at-adapter' ? { phase, acts: [{ act: 'choose', address: input.address }] } : stay(phase);
    case 'stop':
      return phase.kind === 'closed' ? stay(phase) : close;
    case 'told':
      return told(phase, input.state, adapters, now);
    case 'look':
      return look(phase, adapters, now);
  }
}
