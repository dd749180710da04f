/** Runs tasks one after another. A task that fails is reported and doesn't stop the next. */
export class Mailbox {
  readonly #onError: (error: unknown) => void;
  #tail: Promise<void> = Promise.resolve();

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Queues a task. The promise resolves when it is done, failed or not. */
  post(task: () => Promise<void> | void): Promise<void> {
    this.#tail = this.#tail.then(task).catch((error: unknown) => {
      this.#onError(error);
    });
    return this.#tail;
  }

  /** Resolves when everything posted so far is done. */
  idle(): Promise<void> {
    return this.#tail;
  }
}
