import type { Clock, Timer } from '@jpd/protocol';
import type { Log, SessionSource, WaitingRoom } from '../../ports/index.ts';

/** Whoever switched to this session doesn't wait for their headset longer than this and the end of the other agent. */
const lookMs = 2000;
/** Where the same agent goes on holding the turn, such as on a server that many people use at once, looking is seldom worth it. */
const seldomMs = 30_000;
const looksBeforeSeldom = 15;
/** In a session that nobody uses: whoever is in use goes first. */
const patienceMs = 10_000;

/** Work that is under way, in a turn. */
export interface Turn {
  /** Ends it, and gives the turn back. */
  end(): Promise<void>;
}

export interface StandByContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly session: SessionSource;
  readonly waitingRoom: WaitingRoom;
  /** Takes the turn and begins to work; null where another process has it. */
  readonly begin: () => Promise<Turn | null>;
  /** Each time that a turn begins or ends. */
  readonly onChange: (isWorking: boolean) => void;
  /** Called when it is stopped. */
  readonly onStop?: () => void;
}

/**
 * Several people's agents on one PC, one of which works at a time: identity, store, devices and connection are the machine's (contract 1). The one in whose
 * session somebody works has the turn. One whose session isn't used any more goes on until another one wants it, so that a PC at its login screen stays
 * looked after; one in an unused session takes a turn only that nobody else wants.
 *
 * INVARIANTS: turns of this process don't overlap; after `stop` none is begun, and the one that was is ended.
 */
export class StandBy {
  readonly #context: StandByContext;
  #turn: Turn | null = null;
  #timer: Timer | null = null;
  #looking: Promise<void> | null = null;
  #again = false;
  /** Looks since anything happened. */
  #idleLooks = 0;
  #stopped = false;
  #endSession: () => void;

  constructor(context: StandByContext) {
    this.#context = context;
    this.#endSession = context.session.onChange(() => {
      this.lookNow();
    });
  }

  get isWorking(): boolean {
    return this.#turn !== null;
  }

  /** Resolves after the first look. Rejects where the work cannot be begun at all. */
  async start(): Promise<void> {
    await this.#look();
  }

  /** Something may have changed: a user was switched, somebody came to wait. */
  lookNow(): void {
    this.#idleLooks = 0;
    this.#again = true;
    if (!this.#looking && !this.#stopped) this.#lookLater(0);
  }

  /** Ends the work that is under way, if any, and begins none any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endSession();
    this.#context.onStop?.();
    this.#timer?.cancel();
    await this.#looking?.catch(() => undefined);
    await this.#context.waitingRoom.leave();
    await this.#endTurn();
  }

  #lookLater(milliseconds: number): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#context.clock.setTimer(milliseconds, () => {
      this.#look().catch((error: unknown) => {
        this.#context.log.error('the agent could not take its turn', { error });
      });
    });
  }

  async #look(): Promise<void> {
    this.#again = false;
    let nextMs = seldomMs;
    this.#looking = (async () => {
      nextMs = await (this.#turn ? this.#working() : this.#waiting());
    })();
    try {
      await this.#looking;
    } finally {
      this.#looking = null;
      this.#lookLater(this.#again ? 0 : nextMs);
    }
  }

  /** Gives the turn up where somebody wants it and nobody works here. @returns when to look again */
  async #working(): Promise<number> {
    const { log, session, waitingRoom } = this.#context;
    // Whoever wants it may take a moment to say so: both hear at once that users are switched.
    if (!(await waitingRoom.isSomebodyWaiting()) || (await session.isActive())) return this.#soonThenSeldom();
    log.info('another user’s session is in use: its agent goes on from here');
    await this.#endTurn();
    return patienceMs;
  }

  /** Takes the turn where it is free. @returns when to look again */
  async #waiting(): Promise<number> {
    const { session, waitingRoom } = this.#context;
    const isActive = await session.isActive();
    if (isActive) await waitingRoom.enter();
    else await waitingRoom.leave();
    if (!isActive && (await waitingRoom.isSomebodyWaiting())) return patienceMs;
    if (this.#stopped) return seldomMs;
    const turn = await this.#context.begin();
    if (turn) {
      this.#turn = turn;
      this.#idleLooks = looksBeforeSeldom;
      await waitingRoom.leave();
      this.#context.onChange(true);
      return seldomMs;
    }
    return isActive ? this.#soonThenSeldom() : patienceMs;
  }

  #soonThenSeldom(): number {
    this.#idleLooks += 1;
    return this.#idleLooks > looksBeforeSeldom ? seldomMs : lookMs;
  }

  async #endTurn(): Promise<void> {
    const turn = this.#turn;
    if (!turn) return;
    this.#turn = null;
    await turn.end();
    this.#context.onChange(false);
  }
}
