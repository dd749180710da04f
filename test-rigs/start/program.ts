import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const binaries = {
  'jabra-agent': new URL('../../../agent/bin/jabra-agent.js', import.meta.url),
  'jabra-platform': new URL('../../bin/jabra-platform.js', import.meta.url),
  'jabra-virtual': new URL('../../bin/jabra-virtual.js', import.meta.url),
} as const;

const killAfterMs = 6000;

/** One of our programs as a child process, its standard error in a file. */
export class Program {
  readonly name: keyof typeof binaries;
  /** Resolves with its exit code; null where a signal ended it, or it could not be started. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #whenReady: Promise<void>;
  #wasStopped = false;

  constructor(name: keyof typeof binaries, args: readonly string[], logFile: string) {
    this.name = name;
    this.#logFile = logFile;
    // Its own process group: Ctrl-C reaches us first, and they are ended in order.
    this.#child = spawn(process.execPath, [fileURLToPath(binaries[name]), ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child.stderr?.pipe(createWriteStream(logFile, { flags: 'a' }));
    this.#whenReady = new Promise((resolve) => {
      if (!this.#child.stdout) return;
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        if (line.startsWith('ready')) resolve();
      });
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('error', () => {
        resolve(null);
      });
      this.#child.once('exit', (code) => {
        resolve(code);
      });
    });
  }

  /** Whether it was told to end. */
  get wasStopped(): boolean {
    return this.#wasStopped;
  }

  /** Resolves with its line `ready`. Rejects if it ends before, and says where to look. */
  async ready(): Promise<void> {
    const ended = this.ended.then((code) => {
      throw new Error(`${this.name} ended with ${code ?? 'a fault'} before it was ready: see ${this.#logFile}`);
    });
    await Promise.race([this.#whenReady, ended]);
  }

  /** Asks it to end, and makes it after a while. */
  async stop(): Promise<void> {
    this.#wasStopped = true;
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), killAfterMs);
    await this.ended;
    clearTimeout(kill);
  }

  /** Ends it without waiting: for when this process itself has no more time. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
