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

/** What is started: a file with its words, in an environment. */
export interface Command {
  readonly name: string;
  readonly file: string;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** One of our programs, as an installation has it. */
export const ourCommand = (name: keyof typeof binaries, words: readonly string[]): Command => ({
  name,
  file: process.execPath,
  words: [fileURLToPath(binaries[name]), ...words],
});

/** A program as a child process, its standard error in a file. */
export class Program {
  readonly name: string;
  /** Resolves with its exit code; null where a signal ended it, or it could not be started. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #whenReady: Promise<void>;
  #wasStopped = false;

  constructor({ name, file, words, environment = {} }: Command, logFile: string) {
    this.name = name;
    this.#logFile = logFile;
    // Its own process group: Ctrl-C reaches us first, and they are ended in order.
    this.#child = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: { ...process.env, ...environment } });
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
