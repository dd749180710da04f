import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningProgram } from '../lab/processes.ts';
import { findProgram } from '../lab/find-program.ts';
import { requirement } from '../lab/requirements.ts';

/** Its plug-in `jabra-gnp` was written by the vendor: what it says of our packages and our devices was not written by us. */
export const fwupdtool = requirement('fwupdtool', () => findProgram('fwupdtool') !== undefined, 'apt-get install fwupd (2.0 or newer)');

/** How one command ended, and what it said on both outputs. */
export interface Said {
  readonly status: number | null;
  readonly output: string;
}

/** fwupdtool with a folder of its own for all that it keeps; `close` removes it. */
export class Fwupdtool {
  readonly #folder = mkdtempSync(join(tmpdir(), 'jpd-fwupd-'));
  readonly #file: string;

  constructor() {
    const file = findProgram('fwupdtool');
    if (file === undefined) throw new Error('fwupdtool is not installed');
    this.#file = file;
  }

  /** Writes a file into the folder and gives its path. */
  put(name: string, content: Uint8Array | string): string {
    const path = this.path(name);
    writeFileSync(path, content);
    return path;
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  async run(...args: readonly string[]): Promise<Said> {
    // Without these it writes below /var.
    const env = { FWUPD_LOCALSTATEDIR: this.path('state'), CACHE_DIRECTORY: this.path('cache'), HOME: this.#folder };
    const { code, out, err } = await RunningProgram.start(this.#file, args, { env, cwd: this.#folder }).ended;
    return { status: code, output: `${out}\n${err}` };
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
