import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { projectFile } from './project-file.ts';
import { Observed, WaitError } from './waiting.ts';

/** Our programs as an installation has them: the committed entry, which runs what was compiled. */
const binaries = {
  'jabra-agent': projectFile('agent/bin/jabra-agent.js'),
  'jabra-platform': projectFile('test-rigs/bin/jabra-platform.js'),
  'jabra-virtual': projectFile('test-rigs/bin/jabra-virtual.js'),
} as const;

export type OurProgram = keyof typeof binaries;

/** The contract gives the agent 5 s to end; who takes longer is killed, and the test that asked for the exit code sees it. */
const stopMs = 7_000;

/** How a program ended and all it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Only what a program needs: nothing of the machine (a proxy, a JABRA_AGENT_ variable, DEBUG) changes what a scenario sees. */
export function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: tmpdir(), NO_COLOR: '1', ...extra };
}

/** A child process with all that it says. Whoever starts it ends it with `stop` or `kill`. */
export class RunningProgram {
  readonly name: string;
  /** Rejects where it could not be started. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #observed = new Observed();
  #out = '';
  #err = '';
  #end: Ended | null = null;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
      this.#observed.changed();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
      this.#observed.changed();
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#end = { code, signal, out: this.#out, err: this.#err };
        this.#observed.changed();
        resolve(this.#end);
      });
    });
    // Who doesn't ask how it ended hears of a failed start by its silence.
    this.ended.catch(() => undefined);
  }

  /** Any program, by the path of its file. */
  static start(file: string, args: readonly string[], { env = {}, cwd }: StartOptions = {}): RunningProgram {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment(env), ...(cwd === undefined ? {} : { cwd }) });
    return new RunningProgram(file, child);
  }

  static ours(name: OurProgram, args: readonly string[], options?: StartOptions): RunningProgram {
    return RunningProgram.start(process.execPath, [binaries[name], ...args], options);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} was never started`);
    return pid;
  }

  get out(): string {
    return this.#out;
  }

  get err(): string {
    return this.#err;
  }

  /** Null while it runs. */
  get end(): Ended | null {
    return this.#end;
  }

  /** Waits until it has said this on standard output. Rejects with `WaitError` where it ends before, or takes too long. */
  prints(pattern: RegExp, ms?: number): Promise<RegExpExecArray> {
    return this.#says('standard output', () => this.#out, pattern, ms);
  }

  /** The same on standard error. */
  tells(pattern: RegExp, ms?: number): Promise<RegExpExecArray> {
    return this.#says('standard error', () => this.#err, pattern, ms);
  }

  /** Asks it to end, and kills it where it doesn't. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (this.#end === null) this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** As a crash or the task manager does. */
  kill(): Promise<Ended> {
    if (this.#end === null) this.#child.kill('SIGKILL');
    return this.ended;
  }

  async #says(where: string, text: () => string, pattern: RegExp, ms?: number): Promise<RegExpExecArray> {
    const seen = (): string => `It said:\n${this.#out}\n${this.#err}`;
    const look = (): RegExpExecArray | 'ended' | null => pattern.exec(text()) ?? (this.#end === null ? null : 'ended');
    const found = await this.#observed.until(`${String(pattern)} on ${where}`, look, { seen, ...(ms === undefined ? {} : { ms }) });
    if (found === 'ended') throw new WaitError(`it ended without ${String(pattern)} on ${where}. ${seen()}`);
    return found;
  }
}

/** Runs one of our command lines to its end. */
export async function run(name: OurProgram, args: readonly string[], options?: StartOptions): Promise<Ended> {
  return RunningProgram.ours(name, args, options).ended;
}
