import { createHash, randomBytes } from 'node:crypto';
import { access, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { DataFolder } from '../platform/data-folder/data-folder.ts';
import { openEmbeddedDatabase } from '../platform/database/database.ts';
import { migrations } from '../platform/database/migrations.ts';

/** Part of the name of the prepared folder: another database engine or layout makes another one. */
const engine = 'pglite-0.5.16';

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** `node_modules` of the workspace, from source and from `dist`. */
async function cacheFolder(from: string): Promise<string> {
  const candidate = join(from, 'node_modules', '.cache');
  if (await exists(join(from, 'package-lock.json'))) return candidate;
  const above = dirname(from);
  return above === from ? join(tmpdir(), 'jabra-platform-cache') : cacheFolder(above);
}

async function makeTemplate(template: string): Promise<void> {
  await mkdir(dirname(template), { recursive: true });
  const draft = `${template}.${randomBytes(4).toString('hex')}`;
  const folder = await DataFolder.open(draft);
  const database = await openEmbeddedDatabase(await folder.databaseFolder(), 0);
  await database.close();
  await folder.databaseIsReady();
  await folder.close();
  // Of two processes that make it at the same time one is late, which is as good.
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
}

/**
 * A new data folder with an empty database in it, copied from one that is made once on a machine: to make a database takes many seconds of
 * processor time, to copy one a fraction of a second. The platform makes everything else in it at its first start, as in an empty folder.
 * Who asks for it removes it.
 */
export async function preparedDataFolder(): Promise<string> {
  const layout = createHash('sha256').update(JSON.stringify(migrations)).digest('hex').slice(0, 12);
  const template = join(await cacheFolder(import.meta.dirname), `jabra-platform-${engine}-${layout}`);
  if (!(await exists(template))) await makeTemplate(template);
  const folder = await mkdtemp(join(tmpdir(), 'jabra-platform-'));
  await cp(template, folder, { recursive: true });
  return folder;
}
