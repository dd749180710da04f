import { lstat, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What can happen to the folder of a store while nobody works on it. Each throws where there is nothing that it could damage. */
export class StoreVandal {
  readonly folder: string;

  constructor(stateDir: string) {
    this.folder = join(stateDir, 'store');
  }

  async truncateInHalf(name: RegExp): Promise<void> {
    for (const path of await this.#files(name)) await truncate(path, Math.floor((await lstat(path)).size / 2));
  }

  async empty(name: RegExp): Promise<void> {
    for (const path of await this.#files(name)) await truncate(path, 0);
  }

  /** Every byte becomes 0. */
  async zero(name: RegExp): Promise<void> {
    for (const path of await this.#files(name)) await writeFile(path, Buffer.alloc((await lstat(path)).size));
  }

  /** Four bytes in the middle are inverted. */
  async flipInTheMiddle(name: RegExp): Promise<void> {
    for (const path of await this.#files(name)) {
      const bytes = await readFile(path);
      const middle = Math.floor(bytes.length / 2);
      for (let at = middle; at < Math.min(bytes.length, middle + 4); at += 1) bytes[at] = ~(bytes[at] ?? 0) & 0xff;
      await writeFile(path, bytes);
    }
  }

  async fillWithGarbage(): Promise<void> {
    for (const path of await this.#files(/./)) await writeFile(path, 'garbage '.repeat(200));
  }

  async remove(name: RegExp): Promise<void> {
    for (const path of await this.#files(name)) await rm(path);
  }

  async removeFolder(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  async replaceByFile(): Promise<void> {
    await this.removeFolder();
    await writeFile(this.folder, 'I am no folder');
  }

  async removeMark(): Promise<void> {
    await rm(`${this.folder}.mark`);
  }

  /** The files with something in them. */
  async #files(name: RegExp): Promise<readonly string[]> {
    const found: string[] = [];
    for (const entry of await readdir(this.folder)) {
      const path = join(this.folder, entry);
      if (name.test(entry) && (await lstat(path)).size > 0) found.push(path);
    }
    if (found.length === 0) throw new Error(`no file in ${this.folder} is named like ${String(name)}`);
    return found;
  }
}
