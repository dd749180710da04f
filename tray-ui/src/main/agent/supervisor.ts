import {
  LocalClient,
  LocalError,
  type LocalArgs,
  type LocalCallName,
  type LocalEventPayload,
  type LocalResult,
  type LocalState,
} from '@jpd/agent/local';
import type { AgentState } from '../../bridge/index.ts';
import type { Clock } from '../clock.ts';
import type { AgentProcess } from './agent-process.ts';
import type { AgentPort, AgentView } from './agent-view.ts';

/** Before the agent is started again: the first crash costs a second, a program that crashes all the time little more than nothing. */
const restartMs = [1_000, 2_000, 5_000, 15_000, 60_000] as const;
/** It worked so long that the next crash is a first one. */
const provenMs = 120_000;
/** Crashes in a row after which people are told; before, it is only starting. */
const quietCrashes = 2;
/** A configuration is mended by an administrator. */
const configurationMs = 60_000;
/** A program that hangs before it says anything is ended. */
const readyMs = 60_000;
/** The contract gives the agent 5 s to end. */
const stopMs = 5_500;

export interface SupervisorOptions {
  readonly start: () => AgentProcess;
  readonly clock: Clock;
  readonly log: (message: string, error?: unknown) => void;
}

/** Keeps an agent at work: starts its program, starts it again when it ends, and knows what it said. */
export class AgentSupervisor implements AgentPort {
  readonly #options: SupervisorOptions;
  readonly #listeners = new Set<(view: AgentView) => void>();
  #process: AgentProcess | null = null;
  #client: LocalClient | null = null;
  #state: AgentState = { state: 'starting' };
  #local: LocalState | null = null;
  #crashes = 0;
  #isStopping = false;
  #cancelTimer: () => void = () => undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get view(): AgentView {
    return { process: this.#state, local: this.#local };
  }

  /** Of the program that runs now. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  onChange(listener: (view: AgentView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  call<N extends LocalCallName>(name: N, args: LocalArgs<N>): Promise<LocalResult<N>> {
    return this.#client?.call(name, args) ?? Promise.reject(new LocalError('closed', 'no agent works'));
  }

  start(): void {
    if (this.#isStopping || this.#process) return;
    const { clock, log } = this.#options;
    let failure: LocalEventPayload<'failed'> | null = null;
    let readyAt: number | null = null;
    let process: AgentProcess;
    try {
      process = this.#options.start();
    } catch (error) {
      log('the agent could not be started', error);
      this.#restart(null, null);
      return;
    }
    this.#process = process;
    const client = new LocalClient(process.pipe);
    const cancelHanging = clock.after(readyMs, () => {
      log(`the agent said nothing within ${readyMs} ms: it is ended`);
      process.kill();
    });
    client.on('ready', () => {
      cancelHanging();
      readyAt = clock.now();
      this.#client = client;
      this.#become({ state: 'running' });
      this.#refresh(client);
    });
    client.on('standby', () => {
      cancelHanging();
      // It has proven itself: it waits, and needs no answer.
      readyAt ??= clock.now();
      this.#client = client;
      this.#local = null;
      this.#become({ state: 'standby' });
    });
    client.on('changed', () => {
      this.#refresh(client);
    });
    client.on('failed', (payload) => {
      failure = payload;
      // It ends by itself after this.
      cancelHanging();
      clock.after(stopMs, () => {
        if (this.#process === process) process.kill();
      });
    });
    process.onExit((code) => {
      cancelHanging();
      this.#process = null;
      this.#client = null;
      if (this.#isStopping) return;
      log(`the agent ended by itself (${code ?? 'killed'})`);
      this.#restart(failure, readyAt);
    });
  }

  /** Ends the agent in order, or after its time by force. Resolves when no program of it runs. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#cancelTimer();
    const process = this.#process;
    if (!process) return;
    const ended = new Promise<void>((resolve) => {
      process.onExit(() => {
        resolve();
      });
    });
    const cancel = this.#options.clock.after(stopMs, () => {
      process.kill();
    });
    if (this.#client) this.#client.call('stop', {}).catch(() => undefined);
    else process.kill();
    await ended;
    cancel();
  }

  #restart(failure: LocalEventPayload<'failed'> | null, readyAt: number | null): void {
    const { clock } = this.#options;
    if (readyAt !== null && clock.now() - readyAt >= provenMs) this.#crashes = 0;
    this.#crashes += 1;
    this.#local = null;
    const { state, inMs } = this.#verdict(failure);
    this.#become(state);
    this.#cancelTimer = clock.after(inMs, () => {
      this.start();
    });
  }

  #verdict(failure: LocalEventPayload<'failed'> | null): { readonly state: AgentState; readonly inMs: number } {
    const backOffMs = restartMs[Math.min(this.#crashes, restartMs.length) - 1] ?? restartMs[0];
    switch (failure?.code) {
      case 'configuration':
        return { state: { state: 'stopped', code: 'configuration', problems: [...failure.problems] }, inMs: configurationMs };
      case 'fault':
        return { state: { state: 'stopped', code: 'fault', problems: [...failure.problems] }, inMs: backOffMs };
      case undefined:
        return {
          state: this.#crashes <= quietCrashes ? { state: 'starting' } : { state: 'stopped', code: 'fault', problems: [] },
          inMs: backOffMs,
        };
    }
  }

  /** Asks for the state; what changes in the meantime is asked for again. */
  #refresh(client: LocalClient): void {
    client.call('state', {}).then(
      (local) => {
        if (client !== this.#client) return;
        this.#local = local;
        this.#tell();
      },
      (error: unknown) => {
        // That it ended is told by its end.
        if (error instanceof LocalError && error.code !== 'closed') this.#options.log(`the agent's state: ${error.message}`);
      },
    );
  }

  #become(state: AgentState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.view);
  }
}
