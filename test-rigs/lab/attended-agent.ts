import { type ChildProcess, fork } from 'node:child_process';
import { LocalClient, type LocalPipe, type LocalState } from '@jpd/agent/local';
import { cleanEnvironment } from './processes.ts';
import { projectFile } from './project-file.ts';
import { Observed } from './waiting.ts';

const program = projectFile('agent/bin/jabra-agent-child.js');

/** Starts the program of an attended agent with its pipe. What the test run was given for Node is not for it. */
export const forkAttended = (words: readonly string[]): ChildProcess =>
  fork(program, words, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: cleanEnvironment({}), execArgv: [] });

/** The contract gives the agent 5 s to end. */
const stopMs = 7_000;

function pipeTo(child: ChildProcess): LocalPipe {
  return {
    send: (message) => {
      if (child.connected && typeof message === 'object' && message !== null) child.send(message);
    },
    onMessage: (listener) => {
      child.on('message', listener);
      return () => child.off('message', listener);
    },
    onClosed: (listener) => {
      child.once('disconnect', listener);
    },
  };
}

/** The agent as a user interface starts it: a process of its own with a pipe, where somebody can be asked. */
export class AttendedAgent {
  readonly client: LocalClient;
  readonly #child: ChildProcess;
  readonly #observed = new Observed();
  readonly #ended: Promise<number | null>;
  #state: LocalState | null = null;
  #said = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
    this.client = new LocalClient(pipeTo(child));
    for (const event of ['ready', 'changed'] as const) this.client.on(event, () => void this.#look());
  }

  /** Resolves when it works. Rejects with `WaitError` where it doesn't. */
  static async start(configurationFile: string, loginSession: string): Promise<AttendedAgent> {
    const words = ['--config', configurationFile, '--login-session', loginSession];
    const agent = new AttendedAgent(forkAttended(words));
    await agent.until('it works', () => true);
    return agent;
  }

  get said(): string {
    return this.#said;
  }

  /** Waits until the state that it tells has something to find. Rejects with `WaitError`. */
  until<T>(what: string, find: (state: LocalState) => T | null | undefined | false, ms?: number): Promise<T> {
    return this.#observed.until(what, () => (this.#state ? find(this.#state) : null), {
      ...(ms === undefined ? {} : { ms }),
      seen: () => `Last it told ${JSON.stringify(this.#state?.firmware)}\n${this.#said}`,
    });
  }

  /** As a person quits the app; gives the exit code. */
  async stop(): Promise<number | null> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    await this.client.call('stop', {}).catch(() => undefined);
    const code = await this.#ended;
    clearTimeout(timer);
    return code;
  }

  /** As the app crashes: the pipe is gone. Gives the exit code. */
  async orphan(): Promise<number | null> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    this.#child.disconnect();
    const code = await this.#ended;
    clearTimeout(timer);
    return code;
  }

  async #look(): Promise<void> {
    this.#state = await this.client.call('state', {}).catch(() => this.#state);
    this.#observed.changed();
  }
}
