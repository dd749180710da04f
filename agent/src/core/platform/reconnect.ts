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
  /** How long that was from when it was decided: a clock that is set back must not make it longer. */
  readonly waitMs: number;
  /** Of the configuration it was counted under: another one starts afresh. */
  readonly configuration: string;
};

/** What a timer can wait, 24 days; a server's hint may say more. */
const longestTimerMs = 2 ** 31 - 1;

export function freshState(configuration: string): ReconnectState {
  return { failures: 0, notBefore: 0, waitMs: 0, configuration };
}

/**
 * When to try again after a failure (contract 1): exponential with full jitter between the limits; a hint of the server wins;
 * "not authorized" waits the longest interval at once. `random` is 0 to 1.
 */
export function afterFailure(
  state: ReconnectState,
  failure: Pick<ConnectFailure, 'kind' | 'retryAfterMs'>,
  { minMs, maxMs }: ReconnectLimits,
  now: number,
  random: number,
): ReconnectState {
  const failures = state.failures + 1;
  const ceiling = Math.max(minMs, Math.min(maxMs, minMs * 2 ** Math.min(failures, 30)));
  const jittered = minMs + random * (ceiling - minMs);
  const waitMs = Math.round(failure.retryAfterMs ?? (failure.kind === 'not-authorized' ? maxMs : jittered));
  return { ...state, failures, notBefore: now + waitMs, waitMs };
}

/** How long to wait from now. */
export function remainingMs(state: ReconnectState, now: number): number {
  return Math.max(0, Math.min(state.notBefore - now, state.waitMs, longestTimerMs));
}
