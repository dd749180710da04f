import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancelSignal } from '@jpd/protocol';
import { type HttpClient, HttpError, type Log, type PackageFetch, type PackageReference, type PackageStore } from '../../ports/index.ts';
import { download } from './download.ts';
import { packagePath, PartFile, partPath, removePackage } from './part-file.ts';
import { type Lying, planRoom, type RoomLimits } from './room.ts';
import { SharedDownload, untilCancelled } from './shared-download.ts';

export interface PackageStoreOptions extends Partial<RoomLimits> {
  /** Made where it is missing. Everything in it is this store's. */
  readonly folder: string;
  readonly http: HttpClient;
  readonly log: Log;
  /** Of the disk, bytes; null where the system doesn't say. */
  readonly freeBytes?: () => Promise<number | null>;
}

/** A GiB of packages, and 256 MiB that stay free for everybody else. */
const usualLimits: RoomLimits = { capBytes: 2 ** 30, floorBytes: 2 ** 28 };

const nameOf = ({ sha256 }: PackageReference): string => sha256.toLowerCase();

/** Packages as files named by their SHA-256. A file has its name when it is whole and right; until then it is a beginning that is taken up again. */
export function openPackageStore(options: PackageStoreOptions): PackageStore {
  return new DiskPackages(options);
}

class DiskPackages implements PackageStore {
  readonly #folder: string;
  readonly #http: HttpClient;
  readonly #log: Log;
  readonly #limits: RoomLimits;
  readonly #freeBytes: () => Promise<number | null>;
  readonly #running = new Map<string, SharedDownload>();
  /** Null until somebody said what is wanted: nothing is evicted before. */
  #wanted: ReadonlySet<string> | null = null;

  constructor({ folder, http, log, freeBytes = () => freeBytesOf(folder), ...limits }: PackageStoreOptions) {
    this.#folder = folder;
    this.#http = http;
    this.#log = log;
    this.#limits = { ...usualLimits, ...limits };
    this.#freeBytes = freeBytes;
  }

  async has(reference: PackageReference): Promise<boolean> {
    return (await sizeOf(packagePath(this.#folder, nameOf(reference)))) === reference.size;
  }

  async fetch(reference: PackageReference, signal: CancelSignal, onProgress?: (done: number, total: number) => void): Promise<PackageFetch> {
    const name = nameOf(reference);
    for (let running = this.#running.get(name); running?.isAbandoned === true; running = this.#running.get(name)) {
      await untilCancelled(signal, running.ended);
    }
    const shared = this.#running.get(name) ?? this.#begin(reference);
    try {
      return await shared.join(signal, onProgress);
    } catch (error) {
      if (signal.aborted) throw error;
      return this.#interruption(error);
    }
  }

  async read(reference: PackageReference): Promise<Uint8Array | null> {
    const name = nameOf(reference);
    const path = packagePath(this.#folder, name);
    if ((await sizeOf(path)) === null) return null;
    try {
      const content = await readFile(path);
      if (content.length === reference.size && createHash('sha256').update(content).digest('hex') === name) return content;
      this.#log.warn('a firmware package on the disk is damaged: it is fetched again', { sha256: name });
      await removePackage(this.#folder, name);
    } catch (error) {
      this.#log.warn('a firmware package on the disk cannot be read', { sha256: name, code: codeOf(error) });
    }
    return null;
  }

  async keepOnly(wanted: readonly PackageReference[]): Promise<void> {
    const names = new Set(wanted.map(nameOf));
    this.#wanted = names;
    const unwanted = [...this.#running].filter(([name]) => !names.has(name));
    for (const [, shared] of unwanted) shared.abandon();
    await Promise.all(unwanted.map(([, shared]) => shared.ended));
    for (const name of await this.#names()) if (!names.has(name) && !this.#running.has(name)) await this.#remove(name);
  }

  #begin(reference: PackageReference): SharedDownload {
    const name = nameOf(reference);
    const shared = new SharedDownload(reference.size, async (signal, onProgress) => {
      try {
        return await this.#download(reference, signal, onProgress);
      } finally {
        this.#running.delete(name);
      }
    });
    this.#running.set(name, shared);
    return shared;
  }

  async #download(reference: PackageReference, signal: CancelSignal, onProgress: (done: number) => void): Promise<PackageFetch> {
    const name = nameOf(reference);
    if (await this.has(reference)) {
      onProgress(reference.size);
      return { status: 'ready' };
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const refusal = await this.#makeRoom(reference);
    if (refusal) return refusal;
    const part = await PartFile.open(this.#folder, name, reference.size);
    try {
      const outcome = await download({ reference, http: this.#http, part, signal, onProgress });
      if (outcome.status === 'ready') await part.complete();
      else if (outcome.status === 'failed') await part.discard();
      return outcome;
    } finally {
      // What is closed already stays so.
      await part.close().catch(() => undefined);
    }
  }

  async #makeRoom(reference: PackageReference): Promise<PackageFetch | null> {
    const { capBytes } = this.#limits;
    if (reference.size > capBytes) {
      const message = `the package has ${reference.size} bytes, more than the ${capBytes} that all packages may take`;
      return { status: 'failed', code: 'download-failed', message };
    }
    const name = nameOf(reference);
    const missing = reference.size - ((await sizeOf(partPath(this.#folder, name))) ?? 0);
    const { fits, evict } = planRoom(Math.max(0, missing), await this.#lying(name), await this.#freeBytes(), this.#limits);
    for (const other of evict) await this.#remove(other);
    if (fits) return null;
    return { status: 'interrupted', retryAfterMs: null, message: `there is no room on the disk for a package of ${reference.size} bytes` };
  }

  /** All packages; of the one that is to be fetched what is here is no obstacle, and is counted. */
  async #lying(own: string): Promise<readonly Lying[]> {
    const lying: Lying[] = [];
    for (const name of await this.#names()) {
      const paths = [packagePath(this.#folder, name), partPath(this.#folder, name)];
      const found = await Promise.all(paths.map((path) => stat(path).catch(() => null)));
      const isWanted = name === own || this.#wanted === null || this.#wanted.has(name) || this.#running.has(name);
      lying.push({
        name,
        bytes: found.reduce((sum, file) => sum + (file?.size ?? 0), 0),
        reserved: name === own ? 0 : (this.#running.get(name)?.size ?? 0),
        changedAt: Math.max(...found.map((file) => file?.mtimeMs ?? 0)),
        isWanted,
      });
    }
    return lying;
  }

  /** Of all that lies in the folder, leftovers too. */
  async #names(): Promise<ReadonlySet<string>> {
    const files = await readdir(this.#folder).catch((): string[] => []);
    return new Set(files.flatMap((file) => /^([0-9a-f]{64})\.(?:zip|part|origin)$/.exec(file)?.[1] ?? []));
  }

  async #remove(name: string): Promise<void> {
    this.#log.info('a firmware package that nobody wants any more is deleted', { sha256: name });
    await removePackage(this.#folder, name);
  }

  /** What is no outcome of a download: a disk that fails, or everybody else who called it off. */
  #interruption(error: unknown): PackageFetch {
    if (error instanceof HttpError) return { status: 'interrupted', retryAfterMs: null, message: error.message };
    const code = codeOf(error);
    this.#log.warn('a firmware package could not be stored', { code, error: error instanceof Error ? error.message : String(error) });
    return {
      status: 'interrupted',
      retryAfterMs: null,
      message: `the package cannot be stored in ${join(this.#folder)} (${code ?? 'unknown reason'})`,
    };
  }
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true ? found.size : null;
}

async function freeBytesOf(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

const codeOf = (error: unknown): string | null => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null);
