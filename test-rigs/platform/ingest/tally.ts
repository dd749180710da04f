import type { TopicKind } from '@jpd/agent/contract';
import type { Clock } from '@jpd/protocol';

import type { ClientRef } from '../client-ref.ts';
import { clientKey } from '../client-ref.ts';
import type { Log } from '../log.ts';
import type { Outcome } from './apply-message.ts';

const quietMs = 60_000;
/** Past this many, who was warned about is forgotten, which costs some more lines in the log. */
const maxRemembered = 10_000;

export interface IngestCounts {
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Messages that were not valid, by kind of topic; `other` where there is no such topic. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Counts what came in since the start, and logs what was wrong with it, at most once a minute for each client and kind of topic. */
export class Tally {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #outcomes: Record<Outcome, number> = { applied: 0, outdated: 0, 'unknown-client': 0, 'unknown-command': 0, revoked: 0 };
  readonly #refused = new Map<TopicKind | 'other', number>();
  readonly #warnedAt = new Map<string, number>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  outcome(outcome: Outcome, client: ClientRef, kind: string): void {
    this.#outcomes[outcome] += 1;
    if (outcome !== 'applied') this.#warn(`${clientKey(client)} ${outcome}`, 'a message was not used', { client: clientKey(client), kind, outcome });
  }

  refused(client: ClientRef | null, kind: TopicKind | null, problems: readonly string[]): void {
    this.#refused.set(kind ?? 'other', (this.#refused.get(kind ?? 'other') ?? 0) + 1);
    const who = client === null ? 'unknown' : clientKey(client);
    this.#warn(`${who} ${kind}`, 'a message was refused', { client: who, kind, problems: problems.slice(0, 3) });
  }

  counts(): IngestCounts {
    return { outcomes: { ...this.#outcomes }, refused: Object.fromEntries(this.#refused) };
  }

  #warn(key: string, message: string, fields: Readonly<Record<string, unknown>>): void {
    const now = this.#clock.monotonic();
    const last = this.#warnedAt.get(key);
    if (last !== undefined && now - last < quietMs) return;
    if (this.#warnedAt.size >= maxRemembered) this.#warnedAt.clear();
    this.#warnedAt.set(key, now);
    this.#log.warn(message, fields);
  }
}
