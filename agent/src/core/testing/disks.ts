import { MemoryDisk, openMemoryStore } from './memory-store.ts';

const sections = ['identity', 'policy', 'devices', 'desired', 'events', 'commands', 'held', 'link', 'tombstones', 'firmware'];

/** What an image of a PC's disk has of the agent's state. */
export async function copyOf(disk: MemoryDisk): Promise<MemoryDisk> {
  const copy = new MemoryDisk();
  const from = openMemoryStore({ disk });
  const to = openMemoryStore({ disk: copy });
  for (const section of sections) await to.commit([...(await from.load(section))].map(([key, value]) => ({ section, key, value })));
  return copy;
}

/** All that is kept, as text. */
export async function textOf(disk: MemoryDisk): Promise<string> {
  const store = openMemoryStore({ disk });
  const loaded = await Promise.all(sections.map(async (section) => [section, ...(await store.load(section))]));
  return JSON.stringify(loaded);
}
