import type { UpdatePhase } from '@jpd/protocol';
import type { Json } from '../../ports/index.ts';
import { isJsonObject } from '../state/json-object.ts';
import type { SentBytes } from './sent-meter.ts';

/** How fast updates went on this PC over one transport. No public source tells it, so that nothing is said before the first one was seen. */
export type Pace = {
  readonly bytesPerSecond: number;
  /** From the last byte to the new version answering. */
  readonly secondsAfterSending: number;
};

/** Too short to say anything of a rate. */
const shortestMs = 1000;

export function parsePace(json: Json): Pace | null {
  if (!isJsonObject(json)) return null;
  const { bytesPerSecond, secondsAfterSending } = json;
  return typeof bytesPerSecond === 'number' && bytesPerSecond > 0 && typeof secondsAfterSending === 'number'
    ? { bytesPerSecond, secondsAfterSending }
    : null;
}

/** Minutes from the first byte to the new version answering, rounded up: 1 or more. */
export const usualMinutes = ({ bytesPerSecond, secondsAfterSending }: Pace, bytes: number): number =>
  Math.max(1, Math.ceil((bytes / bytesPerSecond + secondsAfterSending) / 60));

/** Watches one update. Times are Unix milliseconds. */
export class PaceWatch {
  #bytesPerSecond: number | null = null;
  #sentAt: number | null = null;

  /** How far it is; `sent` null before the first byte, or while nobody knows. */
  at(phase: UpdatePhase | 'restoring', sent: SentBytes | null, now: number): void {
    if (phase === 'transferring' || phase === 'checking' || this.#sentAt !== null || sent?.done !== sent?.total || !sent) return;
    this.#sentAt = now;
    const ms = now - sent.since;
    if (ms >= shortestMs && sent.done > sent.doneThen) this.#bytesPerSecond = ((sent.done - sent.doneThen) / ms) * 1000;
  }

  /** The new version answered: null where the transfer wasn't seen. */
  ended(now: number): Pace | null {
    if (this.#bytesPerSecond === null || this.#sentAt === null) return null;
    return { bytesPerSecond: this.#bytesPerSecond, secondsAfterSending: Math.max(0, (now - this.#sentAt) / 1000) };
  }
}
