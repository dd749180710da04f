import type { Lamps } from './lamps.ts';

/**
 * One call as its owner sees it. `ringing`: somebody calls. `dialling`: we call, nobody answered yet. `held`: still a call, but nobody speaks.
 */
export type CallState = 'idle' | 'ringing' | 'dialling' | 'active' | 'held';

/** What the owner does. `connected`: the other side answered. `hangUp` also ends a call that the other side ended, or that rings and was given up. */
export type CallVerb = 'ring' | 'answer' | 'reject' | 'dial' | 'connected' | 'hangUp' | 'hold' | 'resume';

const transitions: Readonly<Record<CallVerb, Readonly<Partial<Record<CallState, CallState>>>>> = {
  ring: { idle: 'ringing' },
  answer: { ringing: 'active' },
  reject: { ringing: 'idle' },
  dial: { idle: 'dialling' },
  connected: { dialling: 'active' },
  hangUp: { ringing: 'idle', dialling: 'idle', active: 'idle', held: 'idle' },
  hold: { active: 'held' },
  resume: { held: 'active' },
};

/** The state after a verb, null where it makes no sense. */
export function stateAfter(state: CallState, verb: CallVerb): CallState | null {
  return transitions[verb][state] ?? null;
}

/** Whether the device has to be off the hook: only then it has a microphone to mute (facts D3). */
export function isOffHook(state: CallState): boolean {
  return state === 'dialling' || state === 'active' || state === 'held';
}

/** What decides on the lamps. */
export interface CallStatus {
  readonly state: CallState;
  readonly muted: boolean;
  /** Whether the device sounds while it rings. */
  readonly ringer: boolean;
}

/**
 * The lamps of a call. A call on hold keeps the device off the hook: some take the loss of that LED for the end of the call (GOnnect, pull request 52).
 * Microphone, on-line and speaker stay dark: no source says what a headset does with them.
 */
export function lampsOf({ state, muted, ringer }: CallStatus): Lamps {
  const offHook = isOffHook(state);
  const ring = state === 'ringing';
  return { offHook, mute: offHook && muted, ring, ringer: ring && ringer, hold: state === 'held' };
}
