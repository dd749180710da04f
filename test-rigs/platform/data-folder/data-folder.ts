import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { messageOf, StartError, systemCode } from '../errors.ts';
import { lockFolder } from './folder-lock.ts';

/** Secrets of the organisation that the folder was made for, readable by its owner only. */
const credentialsSchema = z.object({
  organizationId: z.string(),
  enrollmentToken: z.string(),
  operator: z.object({ userName: z.string(), password: z.string() }),
  adminToken: z.string(),
  /** Names this installation, for instance as a client of a foreign broker. */
  platformId: z.string(),
});
export type Credentials = z.infer<typeof credentialsSchema>;

/** Where the running platform is reached. */
const endpointSchema = z.object({ mqttUrl: z.string(), mqttsUrl: z.string().optional(), httpUrl: z.string(), pid: z.number() });
export type Endpoint = z.infer<typeof endpointSchema>;

/** Of the platform's own certificate authority; PEM both. */
const authoritySchema = z.object({ certificate: z.string(), privateKey: z.string() });
export type AuthorityKeys = z.infer<typeof authoritySchema>;

const authorityFile = 'authority.json';
/** What clients trust: its certificate alone. */
const authorityCertificateFile = 'ca.pem';
const credentialsFile = 'credentials.json';
const endpointFile = 'endpoint.json';
/** Stands beside a database that was made completely. */
const readyFile = 'database.ready';

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw new StartError('data-folder-unusable', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new StartError('data-folder-unusable', `${file} is not what jabra-platform wrote: remove it or restore it`, { cause: error });
  }
}

/** All or nothing, and never readable by others, not even for a moment. */
async function writeJson(file: string, value: unknown): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw new StartError('data-folder-unusable', `${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

export function newPlatformId(): string {
  return randomBytes(6).toString('hex');
}

/** What a client of the platform on the same machine needs: read only, without a lock. Null where nothing was ever there. */
export async function readDataFolder(folder: string): Promise<{ readonly credentials: Credentials | null; readonly endpoint: Endpoint | null }> {
  return {
    credentials: await readJson(join(folder, credentialsFile), credentialsSchema),
    endpoint: await readJson(join(folder, endpointFile), endpointSchema),
  };
}

/** The folder of a platform, held by this process. */
export class DataFolder {
  readonly #folder: string;
  readonly #release: () => Promise<void>;

  private constructor(folder: string, release: () => Promise<void>) {
    this.#folder = folder;
    this.#release = release;
  }

  /** Makes the folder where there is none. @throws StartError data-folder-unusable, already-running */
  static async open(folder: string): Promise<DataFolder> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new StartError('data-folder-unusable', `the data folder ${folder} cannot be made: ${messageOf(error)}`, { cause: error });
    }
    return new DataFolder(folder, await lockFolder(folder));
  }

  /** Where the database is or shall be. One that a killed first start left half made is set aside: it never held anything. */
  async databaseFolder(): Promise<string> {
    const database = join(this.#folder, 'database');
    const [made, ready] = await Promise.all([exists(database), exists(join(this.#folder, readyFile))]);
    if (made && !ready) await rename(database, `${database}.unfinished-${randomBytes(4).toString('hex')}`);
    return database;
  }

  /** From now on what is in the database counts. */
  async databaseIsReady(): Promise<void> {
    await writeFile(join(this.#folder, readyFile), '', { mode: 0o600, flush: true });
  }

  credentials(): Promise<Credentials | null> {
    return readJson(join(this.#folder, credentialsFile), credentialsSchema);
  }

  saveCredentials(credentials: Credentials): Promise<void> {
    return writeJson(join(this.#folder, credentialsFile), credentials);
  }

  authority(): Promise<AuthorityKeys | null> {
    return readJson(join(this.#folder, authorityFile), authoritySchema);
  }

  async saveAuthority(keys: AuthorityKeys): Promise<void> {
    await writeJson(join(this.#folder, authorityFile), keys);
    await writeFile(join(this.#folder, authorityCertificateFile), keys.certificate, { mode: 0o644, flush: true });
  }

  saveEndpoint(endpoint: Endpoint): Promise<void> {
    return writeJson(join(this.#folder, endpointFile), endpoint);
  }

  async close(): Promise<void> {
    await rm(join(this.#folder, endpointFile), { force: true });
    await this.#release();
  }
}
