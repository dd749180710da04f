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
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #ready: (line: string) => void = () => undefined;
  readonly #whenReady: Promise<string>;

  constructor(name: keyof typeof binaries, args: readonly string[], logFile: string) {
    this.name = name;
    // Its own process group: Ctrl-C reaches us first, and they are ended in order.
    this.#child = spawn(process.execPath, [fileURLToPath(binaries[name]), ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const log = createWriteStream(logFile, { flags: 'a' });
    this.#child.stderr?.pipe(log);
    this.#whenReady = new Promise((resolve) => {
      this.#ready = resolve;
    });
    if (this.#child.stdout) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        if (line.startsWith('ready')) this.#ready(line);
      });
    }
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', () => {
        resolve(null);
      });
      this.#child.once('exit', (code) => {
        resolve(code);
      });
    });
  }

  /** Its line `ready …`. Rejects if it ends before, and says where to look. */
  async ready(logFile: string): Promise<string> {
    const ended = this.#ended.then((code) => {
      throw new Error(`${this.name} ended with ${code ?? 'a fault'} before it was ready: see ${logFile}`);
    });
    return Promise.race([this.#whenReady, ended]);
  }

  /** Its exit code, when it has one. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Asks it to end, and makes it after a while. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), killAfterMs);
    await this.#ended;
    clearTimeout(kill);
  }
}
