import type { ConnectFailure } from '../../ports/index.ts';

export interface ReconnectLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Kept over restarts: a PC that boots every morning must not hammer a broker that sent it away. */
export type ReconnectState = {
  /** Attempts that failed in a row. */
  readonly failures: number;
  /** Wall clock before which no attempt is made, Unix milliseconds. */
  readonly notBefore: number;
  /** Of the configuration it was counted under: another one starts afresh. */
  readonly configuration: string;
};

export function freshState(configuration: string): ReconnectState {
  return { failures: 0, notBefore: 0, configuration };
}

/**
 * When to try again after a failure (contract 1): exponential with full jitter between the limits; a hint of the server wins;
 * "not authorized" waits the longest interval at once. `random` is 0 to 1.
 */
export function afterFailure(
  state: ReconnectState,
  failure: Pick<ConnectFailure, 'kind' | 'retryAfterMs'>,
  limits: ReconnectLimits,
  now: number,
  random: number,
): ReconnectState {
  const failures = state.failures + 1;
  const ceiling = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(failures, 30));
  const jittered = limits.minMs + random * (ceiling - limits.minMs);
  const wait = failure.retryAfterMs ?? (failure.kind === 'not-authorized' ? limits.maxMs : jittered);
  return { ...state, failures, notBefore: now + Math.round(wait) };
}

/**
 * How long to wait from now. A wall clock that was set back must not turn a wait into years: never longer than the longest interval,
 * or than the hint that was given.
 */
export function waitMs(state: ReconnectState, limits: ReconnectLimits, now: number): number {
  return Math.max(0, Math.min(state.notBefore - now, Math.max(limits.maxMs, 24 * 3_600_000)));
}
