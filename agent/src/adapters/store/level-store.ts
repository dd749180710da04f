import type { Json, Store, StoreDamage, StoreWrite } from '../../ports/store.ts';
import { lastWrites, type Contents } from './contents.ts';
import type { Database } from './database.ts';
import { describeError, StoreError } from './errors.ts';
import { checkWrite, type RecordWrite } from './record.ts';
import type { Seal } from './seal.ts';
import { judge, viewOf } from './view.ts';

export interface LevelStoreParts {
  readonly database: Database;
  /** Opens the same database again, after a write failed. */
  readonly reopen: () => Promise<Database>;
  /** What the database holds. */
  readonly contents: Contents;
  /** Number of the last transaction in it. */
  readonly transaction: number;
  /** Is told the number of every transaction after it is on the disk. */
  readonly mark: { write(transaction: number): Promise<void>; close(): Promise<void> };
  readonly damage: readonly StoreDamage[];
  readonly log: (line: string) => void;
}

interface Call {
  readonly writes: readonly RecordWrite[];
  resolve(): void;
  reject(error: StoreError): void;
}

/**
 * INVARIANTS
 * - One transaction is written at a time; the calls that come meanwhile are the next one, in their order.
 * - The contents in memory are those of all resolved calls, no more and no less. Nothing is read from the disk after opening.
 * - After a failed write the database is not written to before it was opened anew: LevelDB goes on behind a half-written record, and what it
 *   then acknowledges is skipped when the log is next read.
 * - A rejected call is not in the store: whether the failed transaction reached the disk is looked up, and if it did, the calls resolve;
 *   where it cannot be looked up they are rejected and the next opening in this process undoes it.
 */
export class LevelStore implements Store {
  readonly damage: readonly StoreDamage[];
  readonly #parts: LevelStoreParts;
  readonly #contents: Contents;
  #database: Database | null;
  #transaction: number;
  #waiting: Call[] = [];
  #writing: Promise<void> | null = null;
  #closed: Promise<void> | null = null;

  constructor(parts: LevelStoreParts) {
    this.#parts = parts;
    this.damage = parts.damage;
    this.#contents = parts.contents;
    this.#database = parts.database;
    this.#transaction = parts.transaction;
  }

  async load(section: string): Promise<ReadonlyMap<string, Json>> {
    this.#assertOpen();
    return this.#contents.section(section);
  }

  async commit(writes: readonly StoreWrite[]): Promise<void> {
    this.#assertOpen();
    const checked = writes.map(checkWrite);
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ writes: checked, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#writing;
    await this.#database?.close();
    await this.#parts.mark.close();
  }

  #assertOpen(): void {
    if (this.#closed !== null) throw new StoreError('closed', 'The store is closed');
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const calls = this.#waiting;
      this.#waiting = [];
      await this.#writeTransaction(calls);
    }
    this.#writing = null;
  }

  async #writeTransaction(calls: readonly Call[]): Promise<void> {
    const writes = lastWrites(calls.flatMap((call) => call.writes));
    try {
      if (writes.length > 0) await this.#write(writes);
    } catch (cause) {
      const error = new StoreError('write-failed', `The state could not be written: ${describeError(cause)}`, cause);
      for (const call of calls) call.reject(error);
      return;
    }
    this.#contents.apply(writes);
    for (const call of calls) call.resolve();
    await this.#advanceMark();
  }

  async #write(writes: readonly RecordWrite[]): Promise<void> {
    const database = this.#database ?? (await this.#reopen(null)).database;
    const seal = { transaction: this.#transaction + 1, ...this.#contents.tallyAfter(writes) };
    try {
      await database.write(writes, seal);
    } catch (error) {
      this.#parts.log(`A transaction could not be written, the store is opened anew: ${describeError(error)}`);
      this.#database = null;
      await database.close();
      if (!(await this.#reopen(seal)).holdsAttempted) throw error;
    }
    this.#transaction = seal.transaction;
  }

  /** Opens the database again and makes it equal to the contents in memory, unless the attempted transaction turns out to be in it. */
  async #reopen(attempted: Seal | null): Promise<{ readonly database: Database; readonly holdsAttempted: boolean }> {
    const database = await this.#parts.reopen();
    try {
      const view = viewOf(await database.readAll());
      const found = view.seal?.transaction ?? 0;
      const holdsAttempted = found === attempted?.transaction && judge(view, null).complete;
      const undo = holdsAttempted ? [] : this.#contents.difference(view.contents);
      if (undo.length > 0) {
        this.#transaction = Math.max(found, this.#transaction) + 1;
        await database.write(undo, { transaction: this.#transaction, ...this.#contents.tally });
      }
      this.#database = database;
      return { database, holdsAttempted };
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  async #advanceMark(): Promise<void> {
    try {
      await this.#parts.mark.write(this.#transaction);
    } catch (error) {
      this.#parts.log(
        `The mark of the store could not be written, so that lost transactions may not be noticed at the next start: ${describeError(error)}`,
      );
    }
  }
}
