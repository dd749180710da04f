import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** What was started, ended in the opposite order. One that fails doesn't keep the others running. */
export class Shutdown {
  readonly #log: Log;
  readonly #steps: { readonly name: string; readonly end: () => Promise<void> | void }[] = [];
  #done: Promise<void> | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, end: () => Promise<void> | void): void {
    this.#steps.push({ name, end });
  }

  /** Ends everything; asked twice, both wait for the same end. */
  run(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    for (const { name, end } of this.#steps.toReversed()) {
      try {
        await end();
      } catch (error) {
        this.#log.error('a part of the platform did not end well', { part: name, error: messageOf(error) });
      }
    }
  }
}
