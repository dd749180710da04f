/** A typed list of listeners. */
export class Listeners<T extends readonly unknown[]> {
  readonly #entries = new Set<{ readonly call: (...args: T) => void }>();

  /** Returns what ends this subscription; the same function may be added several times. */
  add(listener: (...args: T) => void): () => void {
    const entry = { call: listener };
    this.#entries.add(entry);
    return () => this.#entries.delete(entry);
  }

  emit(...args: T): void {
    for (const entry of this.#entries) entry.call(...args);
  }
}
