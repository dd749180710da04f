import type { Clock, Timer } from '@jpd/protocol';

import type { ClientRef } from '../client-ref.ts';
import { clientKey } from '../client-ref.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Writer } from '../work/work.ts';
import { believeConnectionLost } from './presence.ts';

/** MQTT 3.1.1 has no will delay, so that the platform waits itself before it believes a `connection-lost` (contract 1). */
const connectionLossMs = 30_000;

/** Runs the waits. One wait a client: a newer loss takes the place of an older one. */
export class ConnectionLoss {
  readonly #clock: Clock;
  readonly #writer: Writer;
  readonly #log: Log;
  readonly #timers = new Map<string, Timer>();

  constructor(clock: Clock, writer: Writer, log: Log) {
    this.#clock = clock;
    this.#writer = writer;
    this.#log = log;
  }

  /** @param since when the loss was reported, Unix milliseconds; a loss reported before a restart may be due at once */
  watch(client: ClientRef, since: number): void {
    const key = clientKey(client);
    this.#timers.get(key)?.cancel();
    const wait = Math.min(connectionLossMs, Math.max(0, since + connectionLossMs - this.#clock.now()));
    this.#timers.set(
      key,
      this.#clock.setTimer(wait, () => {
        this.#timers.delete(key);
        this.#writer
          .write((work) => believeConnectionLost(work, client, since))
          .catch((error: unknown) => this.#log.error('a lost connection could not be recorded', { client: key, error: messageOf(error) }));
      }),
    );
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
