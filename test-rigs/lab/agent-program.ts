import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ended, run, RunningProgram, type StartOptions } from './processes.ts';
import { eventually, WaitError } from './waiting.ts';
import type { Wire } from './wire.ts';

export interface AgentSurroundings {
  readonly organizationId: string;
  readonly enrollmentToken: string;
  readonly brokerUrl: string;
  readonly busSocket: string;
}

/** `jabra-agent` on one PC: its configuration, its state, and whatever process of it runs. */
export class AgentProgram {
  readonly configurationFile: string;
  readonly stateDir: string;
  readonly #surroundings: AgentSurroundings;
  readonly #wire: Wire;
  readonly #all: RunningProgram[] = [];
  readonly #answers: Ended[] = [];

  constructor(folder: string, surroundings: AgentSurroundings, wire: Wire) {
    this.#surroundings = surroundings;
    this.#wire = wire;
    this.configurationFile = join(folder, 'agent.json');
    this.stateDir = join(folder, 'state');
  }

  /** Writes the configuration; `changes` replaces keys of it. */
  async configure(changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { busSocket, ...platform } = this.#surroundings;
    const hid = { driver: 'virtual', socket: busSocket };
    const configuration = { ...platform, stateDir: this.stateDir, logLevel: 'debug', reconnect: { minMs: 50, maxMs: 500 }, hid, ...changes };
    await mkdir(this.stateDir, { recursive: true });
    await writeFile(this.configurationFile, JSON.stringify(configuration, null, 2), { mode: 0o600 });
  }

  /** Starts it and doesn't wait for anything. */
  launch(loginSession: string, options?: StartOptions): RunningProgram {
    const program = RunningProgram.ours('jabra-agent', ['run', '--config', this.configurationFile, '--login-session', loginSession], options);
    this.#all.push(program);
    return program;
  }

  /** Starts it and waits until the platform heard of it in this login session. */
  async start(loginSession: string, options?: StartOptions): Promise<RunningProgram> {
    const after = this.#wire.mark();
    const program = this.launch(loginSession, options);
    const heard = this.#wire.until('client', { after, where: (client) => client.loginSessionId === loginSession }).catch((cause: unknown) => {
      const state = program.end ? `it ended (${program.end.code ?? program.end.signal})` : 'it runs';
      throw new WaitError(`the agent was not heard: ${state}, and said last:\n${(program.out + program.err).slice(-4000)}`, { cause });
    });
    // One that ended is not waited for.
    await Promise.race([
      heard,
      program.ended.then(({ code, err }) => {
        throw new WaitError(`the agent ended (${code}): ${err.slice(-4000)}`);
      }),
    ]);
    return program;
  }

  /** A person logs out and in again. */
  async logIn(loginSession: string): Promise<RunningProgram> {
    await this.stop();
    return this.start(loginSession);
  }

  /** The one that was started last. */
  get running(): RunningProgram {
    const last = this.#all.at(-1);
    if (!last || last.end) throw new Error('the agent does not run');
    return last;
  }

  /** Ends it in order. */
  stop(signal?: NodeJS.Signals): Promise<Ended> {
    return this.running.stop(signal);
  }

  kill(): Promise<Ended> {
    return this.running.kill();
  }

  /** `jabra-agent NAME --config … ARGS`, run to its end. */
  async command(name: string, ...args: string[]): Promise<Ended> {
    const ended = await run('jabra-agent', [name, '--config', this.configurationFile, ...args]);
    this.#answers.push(ended);
    return ended;
  }

  /** Its id at the platform, once it was heard there. */
  clientId(): Promise<string> {
    return eventually('the agent was heard', () => this.#wire.heard.findLast(({ kind }) => kind === 'presence')?.clientId);
  }

  /** The MQTT versions in which it was ever connected. */
  versions(): Set<number> {
    return new Set([...this.said().matchAll(/ connected \{"version":(\d)/g)].map(([, version]) => Number(version)));
  }

  /** Waits until its state on disk holds this text; what it wrote last stands there as it is. Rejects with `WaitError`. */
  async onDisk(text: string): Promise<void> {
    const store = join(this.stateDir, 'store');
    await eventually(`${text} on disk`, async () => {
      const entries = await readdir(store, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      const contents = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
      return contents.some((content) => content.includes(text));
    });
  }

  /** All that any process of it ever said. */
  said(): string {
    return [...this.#all, ...this.#answers].map(({ out, err }) => out + err).join('');
  }

  /** Ends whatever still runs. */
  async end(): Promise<void> {
    await Promise.all(this.#all.map((program) => program.stop()));
  }
}
