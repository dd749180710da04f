import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where a beginning came from. */
export interface PartOrigin {
  readonly url: string;
  readonly validator: string | null;
}

const chunkBytes = 1 << 20;

export const partPath = (folder: string, name: string): string => join(folder, `${name}.part`);
const originPath = (folder: string, name: string): string => join(folder, `${name}.origin`);
export const packagePath = (folder: string, name: string): string => join(folder, `${name}.zip`);

/** The beginning of a package on the disk, with the hash of what is there. */
export class PartFile {
  readonly #folder: string;
  readonly #name: string;
  readonly #file: FileHandle;
  #hash: Hash;
  #length: number;

  private constructor(folder: string, name: string, file: FileHandle, hash: Hash, length: number) {
    this.#folder = folder;
    this.#name = name;
    this.#file = file;
    this.#hash = hash;
    this.#length = length;
  }

  /** Takes up what an earlier attempt left, as far as it may belong to a package of this size. */
  static async open(folder: string, name: string, size: number): Promise<PartFile> {
    const file = await open(partPath(folder, name), 'a+', 0o600);
    try {
      const hash = createHash('sha256');
      let length = 0;
      const buffer = Buffer.allocUnsafe(chunkBytes);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, length);
        if (bytesRead === 0) break;
        hash.update(buffer.subarray(0, bytesRead));
        length += bytesRead;
      }
      const part = new PartFile(folder, name, file, hash, length);
      if (length > size) await part.clear();
      return part;
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  get length(): number {
    return this.#length;
  }

  /** Null where it isn't known. */
  async origin(): Promise<PartOrigin | null> {
    try {
      const read: unknown = JSON.parse(await readFile(originPath(this.#folder, this.#name), 'utf8'));
      if (typeof read !== 'object' || read === null || !('url' in read) || !('validator' in read)) return null;
      const { url, validator } = read;
      return typeof url === 'string' && (typeof validator === 'string' || validator === null) ? { url, validator } : null;
    } catch {
      return null;
    }
  }

  async setOrigin(origin: PartOrigin): Promise<void> {
    await writeFile(originPath(this.#folder, this.#name), JSON.stringify(origin), { mode: 0o600 });
  }

  async append(bytes: Uint8Array): Promise<void> {
    // A file opened for appending writes at its end, whatever was asked.
    for (let written = 0; written < bytes.length;) written += (await this.#file.write(bytes, written)).bytesWritten;
    this.#hash.update(bytes);
    this.#length += bytes.length;
  }

  async clear(): Promise<void> {
    await this.#file.truncate(0);
    this.#hash = createHash('sha256');
    this.#length = 0;
  }

  /** Of all that is there; nothing can be appended after that. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Makes it the package: whole on the disk before it has its name. */
  async complete(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
    await rename(partPath(this.#folder, this.#name), packagePath(this.#folder, this.#name));
    await rm(originPath(this.#folder, this.#name), { force: true });
    await syncFolder(dirname(partPath(this.#folder, this.#name)));
  }

  async discard(): Promise<void> {
    await this.close();
    await removePackage(this.#folder, this.#name);
  }
}

/** All that is there of a package. */
export async function removePackage(folder: string, name: string): Promise<void> {
  for (const path of [packagePath(folder, name), partPath(folder, name), originPath(folder, name)]) await rm(path, { force: true });
}

/** The new name survives a power cut as well. Windows opens no folders, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
