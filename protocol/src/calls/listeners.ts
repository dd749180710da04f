/** Who wants to be told of something. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Returns what ends the subscription. The same function may be added several times. */
  add(listener: (value: T) => void): () => void {
    const own = (value: T): void => {
      listener(value);
    };
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  tell(value: T): void {
    // A copy: one of them may add another, which is for the next time.
    const listeners = [...this.#listeners];
    for (const listener of listeners) listener(value);
  }

  clear(): void {
    this.#listeners.clear();
  }
}
