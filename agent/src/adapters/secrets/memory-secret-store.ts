import type { KeptSecrets, SecretStore } from '../../ports/index.ts';

/** Where a memory secret store keeps what it is given: it outlives the store, as a disk does. */
export class SecretMemory {
  kept: KeptSecrets | null = null;
  /** What is kept can't be opened. */
  damaged = false;
  /** Saving fails. */
  full = false;
}

/** The port in memory: for tests, and for agents of which thousands live in one process. */
export function openMemorySecretStore(memory = new SecretMemory()): SecretStore {
  return {
    load: async () => (memory.damaged ? { ok: false, reason: 'damaged' } : { ok: true, kept: structuredClone(memory.kept) }),
    save: async (kept) => {
      if (memory.full) throw new Error('no room');
      memory.damaged = false;
      memory.kept = structuredClone(kept);
    },
  };
}
