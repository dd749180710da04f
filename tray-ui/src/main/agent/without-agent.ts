import { LocalClient, LocalError, type LocalArgs, type LocalCallName, type LocalResult } from '@jpd/agent/local';
import type { Clock } from '../clock.ts';
import type { AgentProcess } from './agent-process.ts';
import type { AgentPort } from './agent-view.ts';

/** For what is asked: the slowest, the diagnostics, wait 20 s at most for each of a handful of parts. */
const wholeMs = 180_000;
/** To end, once it was told to. */
const stopMs = 5_500;

export interface WithoutAgentOptions {
  /** Starts the agent's program with the word that no agent is to work in it. */
  readonly start: () => AgentProcess;
  readonly clock: Clock;
}

/** Has something done by a process of its own while no agent works, which a person wants most when none can. */
export class WithoutAgent implements Pick<AgentPort, 'call'> {
  readonly #options: WithoutAgentOptions;

  constructor(options: WithoutAgentOptions) {
    this.#options = options;
  }

  /** Rejects with `LocalError`, `closed` where the process ended or took too long. */
  async call<N extends LocalCallName>(name: N, args: LocalArgs<N>): Promise<LocalResult<N>> {
    const { start, clock } = this.#options;
    const process = start();
    const client = new LocalClient(process.pipe);
    const ended = new Promise<void>((resolve) => {
      process.onExit(() => {
        resolve();
      });
    });
    const cancelWhole = clock.after(wholeMs, () => {
      process.kill();
    });
    try {
      const isThere = new Promise<true>((resolve) => {
        client.on('standby', () => {
          resolve(true);
        });
      });
      if ((await Promise.race([isThere, ended])) !== true) throw new LocalError('closed', `the process for ${name} ended at once`);
      return await client.call(name, args);
    } finally {
      cancelWhole();
      void this.#end(process, client, ended);
    }
  }

  async #end(process: AgentProcess, client: LocalClient, ended: Promise<void>): Promise<void> {
    const cancel = this.#options.clock.after(stopMs, () => {
      process.kill();
    });
    client.call('stop', {}).catch(() => undefined);
    await ended;
    cancel();
  }
}
