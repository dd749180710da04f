import { CancelSource } from '../../../session/cancel.ts';
import type { CancelSignal, Clock, Timer } from '../../../session/clock.ts';
import { DeviceError } from '../../../session/errors.ts';
import type { UpdateConnection, UpdateTarget } from '../../update/index.ts';
import { type DeviceFacts, isAbsence, readFacts, readIdentity } from './facts.ts';
import { finalSteps, initialState, transition, type UpdateEffect, type UpdateInput, updateLimits, type UpdateState } from './machine/index.ts';
import { isSameVersion, type Objection, type PlannedImage, type UpdatePlan } from './plan.ts';
import { release, untilFound, untilGone, watchPresence } from './presence.ts';
import { inputOf, sendBlocks, writeStep } from './wire.ts';

/** What a run needs besides its plan. */
export interface RunHost {
  readonly target: UpdateTarget;
  readonly clock: Clock;
  /** GNP 02/01 of the device, null where it tells none: what another one runs proves nothing. */
  readonly serial: string | null;
  readonly signal: CancelSignal | null;
  /** Notes down; rejects where that fails. */
  readonly record: (phase: 'writing' | 'committing') => Promise<void>;
  /** What speaks against writing to a device that came back. */
  readonly recheck: (facts: DeviceFacts) => Objection | null;
  /** After each step that changed something. */
  readonly onState: (state: UpdateState, cancelRefused: boolean) => void;
}

/** How a run ended. */
export interface RunResult {
  readonly state: UpdateState;
  readonly cancelRefused: boolean;
  /** The last thing that went wrong on the way, which is why it ended where it did not end well. */
  readonly cause: Error | null;
}

/**
 * Does what the machine says, over one connection after another, and tells it what came of it.
 *
 * INVARIANTS: one timer at most; every effect ends by itself in bounded time; after the end nothing is sent, no timer runs and the connection is closed.
 */
export class UpdateRun {
  readonly #plan: UpdatePlan;
  readonly #host: RunHost;
  readonly #over = new CancelSource();
  readonly #inputs: UpdateInput[] = [];
  #state: UpdateState;
  #connection: UpdateConnection | null;
  #unwatch: (() => void) | null = null;
  #timer: Timer | null = null;
  #isTurning = false;
  #cancelRefused = false;
  #cause: Error | null = null;
  /** Notes are written one after another. */
  #recorded: Promise<unknown> = Promise.resolve();
  #resolve: (() => void) | null = null;
  #reject: ((error: unknown) => void) | null = null;

  constructor(plan: UpdatePlan, connection: UpdateConnection, host: RunHost) {
    this.#plan = plan;
    this.#host = host;
    this.#state = initialState(plan);
    this.#connection = connection;
  }

  /** Runs to the end. Rejects for programming errors only. */
  async run(): Promise<RunResult> {
    const { signal, clock } = this.#host;
    const cancel = (): void => {
      this.#dispatch({ kind: 'cancel' });
    };
    try {
      await new Promise<void>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        this.#watch();
        signal?.addEventListener('abort', cancel);
        this.#dispatch({ kind: 'begin' });
        if (signal?.aborted === true) cancel();
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#over.cancel();
      this.#timer?.cancel();
      this.#unwatch?.();
      await this.#recorded;
      if (this.#connection) await release(clock, this.#connection);
    }
    return { state: this.#state, cancelRefused: this.#cancelRefused, cause: this.#cause };
  }

  /** Takes an input after those that are being worked on: a listener may cancel in the middle of a step. */
  #dispatch(input: UpdateInput): void {
    this.#inputs.push(input);
    if (this.#isTurning) return;
    this.#isTurning = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) this.#turn(next);
    } catch (error) {
      this.#reject?.(error);
    } finally {
      this.#isTurning = false;
    }
  }

  #turn(input: UpdateInput): void {
    const before = this.#state;
    if (finalSteps.has(before.step)) return;
    const { state, effects } = transition(this.#plan, before, input);
    if (state === before) {
      if (input.kind === 'cancel') this.#refuseCancel();
      return;
    }
    this.#timer?.cancel();
    this.#state = state;
    this.#host.onState(state, this.#cancelRefused);
    for (const effect of effects) this.#perform(effect, state);
    if (finalSteps.has(state.step)) this.#resolve?.();
  }

  #refuseCancel(): void {
    this.#cancelRefused = true;
    this.#host.onState(this.#state, true);
  }

  #perform(effect: UpdateEffect, { turn, image }: UpdateState): void {
    switch (effect.kind) {
      case 'write':
        this.#tell(
          this.#onConnection((connection) => writeStep(connection, effect.what, this.#plan, this.#imageAt(image))),
          turn,
        );
        break;
      case 'send':
        this.#send(effect, this.#imageAt(image), turn);
        break;
      case 'wait':
        this.#timer = this.#host.clock.setTimer(effect.milliseconds, () => {
          this.#dispatch({ kind: 'elapsed', turn });
        });
        break;
      case 'save':
        this.#record(effect.phase, turn);
        break;
      case 'await-restart':
        this.#settle(this.#awaitRestart(turn));
        break;
      case 'prove':
        this.#settle(this.#prove(turn));
        break;
      case 'reconnect':
        this.#settle(this.#reconnect(turn));
        break;
    }
  }

  #imageAt(index: number): PlannedImage {
    const image = this.#plan.images[index];
    if (!image) throw new RangeError(`there is no image ${index}`);
    return image;
  }

  #settle(promise: Promise<UpdateInput>): void {
    promise.then(
      (input) => {
        this.#dispatch(input);
      },
      (error: unknown) => this.#reject?.(error),
    );
  }

  /** Blocks that left say nothing; those that didn't are the end of their window. */
  #send({ window, numbers }: Extract<UpdateEffect, { readonly kind: 'send' }>, image: PlannedImage, turn: number): void {
    this.#onConnection((connection) => sendBlocks(connection, image, window, numbers)).catch((error: unknown) => {
      this.#settle(Promise.resolve().then(() => this.#failed(error, turn)));
    });
  }

  #onConnection<T>(act: (connection: UpdateConnection) => Promise<T>): Promise<T> {
    return this.#connection ? act(this.#connection) : Promise.reject(new DeviceError('disconnected', 'the device is away'));
  }

  /** Tells what came of something that the device answers. */
  #tell(promise: Promise<void>, turn: number): void {
    this.#settle(
      promise.then(
        (): UpdateInput => ({ kind: 'acknowledged', turn }),
        (error: unknown) => this.#failed(error, turn),
      ),
    );
  }

  #failed(error: unknown, turn: number): UpdateInput {
    if (!(error instanceof DeviceError)) throw error;
    if (turn === this.#state.turn) this.#cause = error;
    if (isAbsence(error)) return { kind: 'lost' };
    if (error.code === 'rejected') return { kind: 'refused', turn };
    // Of an earlier turn it may be a connection that was closed on purpose.
    return error.code === 'disconnected' && turn === this.#state.turn ? { kind: 'lost' } : { kind: 'unanswered', turn };
  }

  #record(phase: 'writing' | 'committing', turn: number): void {
    const recorded = this.#recorded.then(() => this.#host.record(phase));
    this.#recorded = recorded.catch(() => undefined);
    this.#settle(
      recorded.then(
        (): UpdateInput => ({ kind: 'saved', turn }),
        (error: unknown): UpdateInput => {
          if (phase === 'committing') this.#cause = error instanceof Error ? error : new Error('the journal failed', { cause: error });
          return { kind: 'unsaved', turn };
        },
      ),
    );
  }

  async #awaitRestart(turn: number): Promise<UpdateInput> {
    const { clock } = this.#host;
    const connection = this.#detach();
    if (connection) {
      await untilGone(connection, clock, updateLimits.removeMs);
      await release(clock, connection);
    }
    return { kind: 'restarted', turn };
  }

  async #prove(turn: number): Promise<UpdateInput> {
    const { target, clock, serial } = this.#host;
    const { to } = this.#plan;
    let last: string | null = null;
    // The old version is no verdict before the time is over: the device may not have begun, or restart twice.
    const found = await untilFound(target, clock, updateLimits.attachMs, this.#over, async (connection) => {
      const identity = await this.#ask(() => readIdentity(connection));
      if (identity?.serial === serial) last = identity.version;
      return last !== null && isSameVersion(last, to) ? last : null;
    });
    if (found) this.#attach(found.connection);
    const version = found?.answer ?? last;
    if (version === null) return { kind: 'absent', turn };
    return { kind: 'version', turn, version, isNew: isSameVersion(version, to) };
  }

  async #reconnect(turn: number): Promise<UpdateInput> {
    const { target, clock, recheck } = this.#host;
    const old = this.#detach();
    if (old) await release(clock, old);
    const found = await untilFound(target, clock, updateLimits.attachMs, this.#over, (connection) => this.#ask(() => readFacts(connection)));
    if (!found) return { kind: 'absent', turn };
    this.#attach(found.connection);
    const objection = recheck(found.answer);
    return objection ? { kind: 'objected', turn, objection } : { kind: 'back', turn };
  }

  /** A device that just started may refuse or say nothing: it is asked again. */
  async #ask<T>(question: () => Promise<T>): Promise<T | null> {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      this.#cause = error;
      return null;
    }
  }

  #attach(connection: UpdateConnection): void {
    if (this.#over.aborted) {
      // It was found in the moment in which nobody wanted it any more.
      void release(this.#host.clock, connection);
      return;
    }
    this.#connection = connection;
    this.#watch();
  }

  #detach(): UpdateConnection | null {
    const connection = this.#connection;
    this.#unwatch?.();
    this.#unwatch = null;
    this.#connection = null;
    return connection;
  }

  #watch(): void {
    const connection = this.#connection;
    if (!connection) return;
    const { session, address } = connection;
    const ends = [
      watchPresence(connection, this.#host.clock, () => {
        this.#cause = new DeviceError('disconnected', 'the device went away');
        this.#dispatch({ kind: 'lost' });
      }),
      session.onEvent((packet) => {
        const input = packet.source === address ? inputOf(packet) : null;
        if (input) this.#dispatch(input);
      }),
    ];
    this.#unwatch = () => {
      for (const end of ends) end();
    };
  }
}
