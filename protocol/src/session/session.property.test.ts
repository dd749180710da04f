import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Fate, fates, SessionBench } from './testing/session-model.ts';

type Step = (bench: SessionBench) => Promise<void> | void;

/** A command of fast-check's, which checks what must hold at any time after it ran. */
class Command implements fc.AsyncCommand<object, SessionBench> {
  readonly #name: string;
  readonly #step: Step;

  constructor(name: string, step: Step) {
    this.#name = name;
    this.#step = step;
  }

  check(): boolean {
    return true;
  }

  async run(_: object, bench: SessionBench): Promise<void> {
    await this.#step(bench);
    await bench.clock.settle();
    expect(bench.problems()).toEqual([]);
  }

  toString(): string {
    return this.#name;
  }
}

const addresses = fc.constantFrom(1, 4, 8);
const ask = (kind: 'read' | 'write', address: number, chosen: readonly Fate[]): Command =>
  new Command(`${kind} ${address} (${chosen.join(', ')})`, (bench) => {
    bench.ask(kind, address, chosen);
  });

const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom('read', 'write'), addresses, fc.array(fates, { minLength: 1, maxLength: 3 })).map((words) => ask(...words)),
  },
  { weight: 3, arbitrary: fc.constantFrom(1, 30, 1050, 3100, 13_000).map((ms) => new Command(`wait ${ms} ms`, (bench) => bench.clock.advance(ms))) },
  { weight: 2, arbitrary: fc.nat(20).map((which) => new Command(`cancel ${which}`, (bench) => bench.cancel(which))) },
  {
    weight: 2,
    arbitrary: fc.tuple(addresses, fc.nat(255)).map(([from, n]) => new Command(`event ${n} of ${from}`, (bench) => bench.event(from, n))),
  },
  { weight: 1, arbitrary: addresses.map((to) => new Command(`post ${to}`, (bench) => bench.post(to))) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 61 }).map((bytes) => new Command(`stray ${bytes.join(' ')}`, (bench) => bench.stray(bytes))),
  },
  { weight: 1, arbitrary: fc.constant(new Command('unplug', (bench) => bench.unplug())) },
);

test('whatever is asked, and whatever the device does, a session keeps to its invariants', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.commands([command], { maxCommands: 24 }), async (commands) => {
      const bench = new SessionBench();
      await fc.asyncModelRun(() => ({ model: {}, real: bench }), commands);
      expect(await bench.finish()).toEqual([]);
      for (const { outcomes } of bench.asked) for (const outcome of outcomes) seen.add(outcome.kind === 'answer' ? 'answer' : outcome.code);
    }),
    { numRuns: 300 },
  );
  // Every way to end was met: the property saw more than the happy one.
  expect([...seen].toSorted()).toEqual(['answer', 'cancelled', 'disconnected', 'malformed', 'rejected', 'timeout']);
});
