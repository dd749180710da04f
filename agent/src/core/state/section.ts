import type { Json, Log, Store, StoreWrite } from '../../ports/index.ts';

/** One section of the store, in memory: read at start, written through transactions. */
export class Section<T> {
  /** As its writes name it. */
  readonly name: string;
  readonly #records: Map<string, T>;

  private constructor(name: string, records: Map<string, T>) {
    this.name = name;
    this.#records = records;
  }

  /** Loads a section. A record that `parse` refuses (null) is reported and left out: it comes from damage or from a newer version. */
  static async load<T>(store: Store, name: string, parse: (json: Json) => T | null, log: Log): Promise<Section<T>> {
    const records = new Map<string, T>();
    for (const [key, json] of await store.load(name)) {
      const record = parse(json);
      if (record === null) log.warn('a record of the state could not be read and was left out', { section: name, key });
      else records.set(key, record);
    }
    return new Section(name, records);
  }

  get size(): number {
    return this.#records.size;
  }

  get(key: string): T | undefined {
    return this.#records.get(key);
  }

  entries(): IterableIterator<[string, T]> {
    return this.#records.entries();
  }

  /** Changes memory now and returns what makes it durable. */
  put(key: string, value: T): StoreWrite {
    this.#records.set(key, value);
    // Records are made of JSON values; interfaces just have no index signature to say so.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return { section: this.name, key, value: value as Json };
  }

  remove(key: string): StoreWrite {
    this.#records.delete(key);
    return { section: this.name, key, value: undefined };
  }

  /** Removes everything. */
  clear(): StoreWrite[] {
    return [...this.#records.keys()].map((key) => this.remove(key));
  }
}
