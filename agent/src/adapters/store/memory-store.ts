import type { Json, Store, StoreDamage, StoreWrite } from '../../ports/store.ts';
import { Contents } from './contents.ts';
import { StoreError } from './errors.ts';
import { checkWrite } from './record.ts';

export interface MemoryStoreOptions {
  /** What outlives the store: hand the same one to the next. */
  readonly disk?: MemoryDisk;
  readonly damage?: readonly StoreDamage[];
}

/** Takes the place of the folder of a durable store. */
export class MemoryDisk {
  readonly contents = new Contents();
  /** While it is set, every commit fails with it as the cause. */
  fault: Error | null = null;
}

/** A store that forgets when the process ends, with the same behaviour otherwise; for tests. */
export function openMemoryStore({ disk = new MemoryDisk(), damage = [] }: MemoryStoreOptions = {}): Store {
  let closed = false;
  const assertOpen = (): void => {
    if (closed) throw new StoreError('closed', 'The store is closed');
  };
  return {
    damage,
    async load(section: string): Promise<ReadonlyMap<string, Json>> {
      assertOpen();
      return disk.contents.section(section);
    },
    async commit(writes: readonly StoreWrite[]): Promise<void> {
      assertOpen();
      const checked = writes.map(checkWrite);
      if (disk.fault !== null) throw new StoreError('write-failed', 'The state could not be written', disk.fault);
      disk.contents.apply(checked);
    },
    async close(): Promise<void> {
      closed = true;
    },
  };
}
