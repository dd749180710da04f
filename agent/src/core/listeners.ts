/** A typed list of listeners. */
export class Listeners<T extends readonly unknown[]> {
  readonly #listeners = new Set<(...args: T) => void>();

  /** Returns what ends the subscription. */
  add(listener: (...args: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(...args: T): void {
    for (const listener of this.#listeners) listener(...args);
  }
}
