import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pglite';

import { migrations } from './migrations.ts';
import * as schema from './schema.ts';

/** What queries run on: the database itself, or a transaction of it. Not bound to one driver. */
export type Queries = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Database {
  readonly queries: Queries;
  close(): Promise<void>;
}

async function migrate(queries: Queries, now: number): Promise<void> {
  await queries.execute(sql`create table if not exists migrations_applied (version integer primary key, applied_at bigint not null)`);
  const applied = new Set((await queries.select().from(schema.migrationsApplied)).map((row) => row.version));
  for (const migration of migrations) {
    if (applied.has(migration.version)) continue;
    await queries.transaction(async (tx) => {
      for (const statement of migration.statements) await tx.execute(sql.raw(statement));
      await tx.insert(schema.migrationsApplied).values({ version: migration.version, appliedAt: now });
    });
  }
}

/**
 * PostgreSQL inside this process. It survives a killed process by its write-ahead log; it runs without fsync, so that a power cut may cost the newest commits.
 * @param folder where the data lives, or null for memory
 * @param now Unix milliseconds, for the record of migrations
 */
export async function openEmbeddedDatabase(folder: string | null, now: number): Promise<Database> {
  const client = await PGlite.create(folder ?? 'memory://');
  try {
    const queries: Queries = drizzle(client, { schema });
    await migrate(queries, now);
    return { queries, close: () => client.close() };
  } catch (error) {
    await client.close();
    throw error;
  }
}
