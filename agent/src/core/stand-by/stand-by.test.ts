import { VirtualClock } from '@jpd/protocol/virtual';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionSource } from '../../ports/index.ts';
import { LogBook } from '../testing/log-book.ts';
import { StandBy } from './stand-by.ts';

/** A PC with one state folder, and who uses it. */
class Pc {
  readonly clock = new VirtualClock();
  /** Session in use, null at the login screen. */
  user: string | null = null;
  /** How often two agents worked at once. */
  overlaps = 0;
  readonly story: string[] = [];
  readonly #waiting = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #holder: string | null = null;

  get holder(): string | null {
    return this.#holder;
  }

  /** The agent of a session; `tells`: whether its system says that users were switched. */
  agent(name: string, tells = true): StandBy {
    const session: SessionSource = {
      isActive: async () => this.user === name || this.user === 'everybody',
      onChange: (listener) => {
        if (tells) this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
    const waitingRoom = {
      enter: async () => void this.#waiting.add(name),
      leave: async () => void this.#waiting.delete(name),
      isSomebodyWaiting: async () => [...this.#waiting].some((other) => other !== name),
    };
    const begin = async () => {
      if (this.#holder !== null) return null;
      this.#holder = name;
      return {
        end: async () => {
          await new Promise<void>((resolve) => this.clock.setTimer(3000, resolve));
          if (this.#holder !== name) this.overlaps += 1;
          this.#holder = null;
        },
      };
    };
    const onChange = (isWorking: boolean) => void this.story.push(`${name} ${isWorking ? 'works' : 'rests'}`);
    return new StandBy({ clock: this.clock, log: new LogBook(), session, waitingRoom, begin, onChange });
  }

  async switchTo(user: string | null, afterMs = 60_000): Promise<void> {
    this.user = user;
    for (const listener of this.#listeners) listener();
    await this.clock.advance(afterMs);
  }

  /** It is gone without a word: the system gives its lock back, what it left on the disk stays. */
  crash(name: string): void {
    if (this.#holder === name) this.#holder = null;
  }
}

async function starting(pc: Pc, ...agents: readonly StandBy[]): Promise<void> {
  for (const agent of agents) await pc.clock.complete(agent.start());
}

describe('the agents of several users on one PC', () => {
  it('leave the work to the one whose session is in use, and hand it over when users are switched', async () => {
    const pc = new Pc();
    pc.user = 'anna';
    await starting(pc, pc.agent('anna'), pc.agent('bo'));
    await pc.switchTo('bo', 8000);
    await pc.switchTo('anna', 8000);
    expect(pc.story).toEqual(['anna works', 'anna rests', 'bo works', 'bo rests', 'anna works']);
    expect(pc.overlaps).toBe(0);
  });

  it('notice it without being told as well, within a minute', async () => {
    const pc = new Pc();
    pc.user = 'anna';
    await starting(pc, pc.agent('anna', false), pc.agent('bo', false));
    await pc.switchTo('bo', 60_000);
    expect(pc.story).toEqual(['anna works', 'anna rests', 'bo works']);
  });

  it('go on at the login screen: nobody else wants to', async () => {
    const pc = new Pc();
    pc.user = 'anna';
    await starting(pc, pc.agent('anna'), pc.agent('bo'));
    await pc.switchTo(null, 600_000);
    expect(pc.story).toEqual(['anna works']);
  });

  it('take over in an unused session where the one that worked is gone', async () => {
    const pc = new Pc();
    pc.user = 'anna';
    await starting(pc, pc.agent('anna'), pc.agent('bo'));
    pc.crash('anna');
    await pc.clock.advance(15_000);
    expect([pc.holder, pc.story.at(-1)]).toEqual(['bo', 'bo works']);
  });

  it('keep to the first where several sessions are in use at once', async () => {
    const pc = new Pc();
    pc.user = 'everybody';
    await starting(pc, pc.agent('anna'), pc.agent('bo'));
    await pc.clock.advance(3_600_000);
    expect(pc.story).toEqual(['anna works']);
  });

  it('end what they do when they are stopped, and begin nothing more', async () => {
    const pc = new Pc();
    pc.user = 'anna';
    const [anna, bo] = [pc.agent('anna'), pc.agent('bo')];
    await starting(pc, anna, bo);
    await pc.clock.complete(anna.stop());
    await pc.switchTo('bo', 5000);
    await pc.clock.complete(bo.stop());
    await pc.switchTo('anna', 600_000);
    expect(pc.story).toEqual(['anna works', 'anna rests', 'bo works', 'bo rests']);
    expect([pc.holder, pc.clock.pendingTimers]).toEqual([null, 0]);
  });

  it('say so where the work cannot be begun at all, and try again later', async () => {
    const clock = new VirtualClock();
    const log = new LogBook();
    let isBroken = true;
    const standBy = new StandBy({
      clock,
      log,
      session: { isActive: async () => true, onChange: () => () => undefined },
      waitingRoom: { enter: async () => undefined, leave: async () => undefined, isSomebodyWaiting: async () => false },
      begin: async () => {
        if (isBroken) throw new Error('the folder cannot be written');
        return { end: async () => undefined };
      },
      onChange: () => undefined,
    });
    await expect(clock.complete(standBy.start())).rejects.toThrow('cannot be written');
    await clock.advance(30_000);
    expect(log.lines).toHaveLength(1);
    isBroken = false;
    await clock.advance(30_000);
    expect(standBy.isWorking).toBe(true);
    await standBy.stop();
  });

  it('never work two at a time, and in the end the one in use works, however users are switched', async () => {
    const names = ['anna', 'bo', 'carl'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...names, null), fc.integer({ min: 0, max: 9000 })), { minLength: 1, maxLength: 8 }),
        async (switches) => {
          const pc = new Pc();
          await starting(pc, ...names.map((name) => pc.agent(name, name !== 'carl')));
          for (const [user, afterMs] of switches) await pc.switchTo(user, afterMs);
          await pc.clock.advance(120_000);
          expect(pc.overlaps).toBe(0);
          expect(pc.holder).toBe(pc.user ?? pc.holder);
          expect(pc.holder).not.toBeNull();
        },
      ),
      { numRuns: 25 },
    );
  });
});
