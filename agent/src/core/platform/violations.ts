import type { EventDraft } from './outbox.ts';
import type { ViolationKind } from './inbox.ts';

const quietMs = 60_000;
const namedProblems = 3;

/** Tells of payloads that break the contract, at most once a minute for each kind of topic. */
export class Violations {
  readonly #lastTold = new Map<ViolationKind, number>();

  /** The event to send, null where one was sent less than a minute ago. `nowMs` is monotonic. */
  event(kind: ViolationKind, topic: string, problems: readonly string[], nowMs: number): EventDraft | null {
    const last = this.#lastTold.get(kind);
    if (last !== undefined && nowMs - last < quietMs) return null;
    this.#lastTold.set(kind, nowMs);
    return { type: 'contract.violation', data: { topic, problems: problems.slice(0, namedProblems) } };
  }
}
