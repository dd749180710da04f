import { VirtualClock } from '@jpd/protocol/virtual';
import type { CancelSignal } from '@jpd/protocol';
import { describe, expect, it } from 'vitest';
import { MemoryDisk, openMemoryStore } from '../testing/memory-store.ts';
import type { ConnectFailure, ConnectionClosed } from '../../ports/index.ts';
import type { OutletConnection, OutletConnectOptions, OutletConnectResult, OutletLink } from '../privacy/outgoing.ts';
import { steadyEntropy } from '../testing/entropy.ts';
import { LogBook } from '../testing/log-book.ts';
import { sectionOf } from '../testing/sections.ts';
import { Connector } from './connector.ts';
import { LinkState, parseLinkRecord } from './link-state.ts';

type Answer = Partial<ConnectFailure> | 'accept' | 'hang' | 'throw';

class FakeConnection implements OutletConnection {
  readonly sessionPresent = false;
  readonly ends: boolean[] = [];
  close: (closed: Partial<ConnectionClosed>) => void = () => undefined;
  subscribe = async (): Promise<void> => undefined;
  publish = async (): Promise<void> => undefined;
  onMessage(): void {}
  onClosed(listener: (closed: ConnectionClosed) => void): void {
    this.close = (closed) => {
      listener({ reasonCode: null, retryAfterMs: null, message: 'closed', ...closed });
    };
  }
  end = async (graceful: boolean): Promise<void> => {
    this.ends.push(graceful);
  };
}

/** Answers attempts in turn; the last answer stands. */
class FakeLink implements OutletLink {
  readonly attempts: { readonly at: number; readonly options: OutletConnectOptions; readonly signal: CancelSignal }[] = [];
  readonly connections: FakeConnection[] = [];
  answers: Answer[] = ['accept'];
  /** Ends the attempt that hangs. */
  finish: (answer: Answer) => void = () => undefined;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get times(): number[] {
    return this.attempts.map(({ at }) => at);
  }

  connect(options: OutletConnectOptions, signal: CancelSignal): Promise<OutletConnectResult> {
    this.attempts.push({ at: this.#clock.monotonic(), options, signal });
    const answer = (this.answers.length > 1 ? this.answers.shift() : this.answers[0]) ?? 'accept';
    if (answer !== 'hang') return this.#answer(answer);
    return new Promise((resolve) => {
      this.finish = (next) => void this.#answer(next).then(resolve);
    });
  }

  async #answer(answer: Answer): Promise<OutletConnectResult> {
    if (answer === 'throw') throw new Error('a fault of the adapter');
    if (answer === 'accept') {
      const connection = new FakeConnection();
      this.connections.push(connection);
      return { accepted: true, connection };
    }
    const base = { kind: 'network', reasonCode: null, retryAfterMs: null, message: 'refused' } as const;
    return { accepted: false, failure: { ...base, ...(typeof answer === 'string' ? {} : answer) } };
  }
}

interface LabOptions {
  readonly disk?: MemoryDisk;
  readonly clock?: VirtualClock;
  readonly configuration?: string;
  readonly random?: () => number;
  readonly url?: string;
}

async function lab(options: LabOptions = {}) {
  const { disk = new MemoryDisk(), clock = new VirtualClock(), configuration = 'a', random = () => 1, url = 'mqtt://127.0.0.1' } = options;
  const store = openMemoryStore({ disk });
  const link = new FakeLink(clock);
  const events: string[] = [];
  const connector = new Connector({
    link,
    clock,
    log: new LogBook(),
    entropy: steadyEntropy(random),
    state: new LinkState(await sectionOf('link', parseLinkRecord, store)),
    limits: { minMs: 1000, maxMs: 60_000 },
    url,
    configuration,
    options: () => ({
      clientId: 'client',
      userName: 'acme/client',
      password: 'token',
      will: { kind: 'presence', topic: String(clock.now()), body: null },
      willDelaySeconds: 30,
      sessionExpirySeconds: 1,
      receiveMaximum: 32,
      keepAliveSeconds: 300,
      tls: { caFile: null, certFile: null, keyFile: null },
    }),
    save: (write) => store.commit([write]),
    onRefused: () => events.push('refused'),
    onConnected: () => events.push('connected'),
    onClosed: ({ reasonCode }) => events.push(`closed ${String(reasonCode)}`),
  });
  return { clock, disk, link, connector, events };
}

describe('the connector', () => {
  it('makes the first attempt at once, with version 5 and options made anew for each', async () => {
    const { clock, link, connector } = await lab();
    link.answers = [{}, 'accept'];
    connector.start();
    await clock.advance(10_000);
    expect(link.times).toEqual([0, 2000]);
    expect(link.attempts.map(({ options }) => [options.version, options.clientId])).toEqual([
      [5, 'client'],
      [5, 'client'],
    ]);
    expect(new Set(link.attempts.map(({ options }) => options.will.topic)).size).toBe(2);
  });

  it('waits longer after each failure, and starts over after an accepting CONNACK', async () => {
    const { clock, link, connector, events } = await lab();
    link.answers = [{}, {}, {}, 'accept', {}, {}];
    connector.start();
    await clock.advance(14_000);
    expect(link.times).toEqual([0, 2000, 6000, 14_000]);
    expect(events).toEqual(['connected']);
    link.connections[0]?.close({});
    await clock.advance(6000);
    expect(link.times.slice(4)).toEqual([16_000, 20_000]);
    expect(events).toEqual(['connected', 'closed null']);
  });

  it('keeps the wait over a restart', async () => {
    const first = await lab();
    first.link.answers = [{}, {}, {}, {}];
    first.connector.start();
    await first.clock.advance(7000);
    first.connector.stop();
    const second = await lab({ disk: first.disk, clock: first.clock });
    second.link.answers = [{}];
    second.connector.start();
    await second.clock.advance(30_000);
    expect(second.link.times).toEqual([14_000, 30_000]);
  });

  it('tries at once under a changed configuration, and under the old one when that comes back', async () => {
    const first = await lab();
    first.link.answers = [{ kind: 'not-authorized' }];
    first.connector.start();
    await first.clock.advance(1000);
    first.connector.stop();
    const { disk, clock } = first;
    const second = await lab({ disk, clock, configuration: 'b' });
    second.link.answers = ['hang'];
    second.connector.start();
    await clock.advance(1000);
    expect(second.link.times).toEqual([1000]);
    second.connector.stop();
    const third = await lab({ disk, clock });
    third.connector.start();
    await clock.advance(1000);
    expect(third.link.times).toEqual([2000]);
  });

  it('waits as long as the server asks, also where it closes an accepted connection', async () => {
    const { clock, link, connector } = await lab();
    link.answers = [{ retryAfterMs: 90_000 }, 'accept'];
    connector.start();
    await clock.advance(100_000);
    expect(link.times).toEqual([0, 90_000]);
    link.connections[0]?.close({ retryAfterMs: 5000 });
    await clock.advance(10_000);
    expect(link.times.at(-1)).toBe(105_000);
  });

  it.each([
    ['a CONNACK that does not authorize', { kind: 'not-authorized' } as const],
    ['a DISCONNECT that does not authorize', null],
  ])('waits the longest interval after %s', async (_, failure) => {
    const { clock, link, connector } = await lab({ random: () => 0 });
    link.answers = [failure ?? 'accept', 'accept'];
    connector.start();
    await clock.settle();
    await clock.advance(0);
    if (!failure) link.connections[0]?.close({ reasonCode: 0x87 });
    await clock.advance(70_000);
    expect(link.times).toEqual([0, 60_000]);
  });

  it('tries at once when the network changes, over whatever wait', async () => {
    const { clock, link, connector } = await lab();
    link.answers = [{ kind: 'not-authorized' }, 'accept'];
    connector.start();
    await clock.advance(1000);
    connector.tryNow();
    await clock.advance(0);
    expect(link.times).toEqual([0, 1000]);
    connector.tryNow();
    await clock.advance(120_000);
    expect(link.times).toEqual([0, 1000]);
  });

  it('tries at once after an attempt that was under way when the network changed', async () => {
    const { clock, link, connector } = await lab();
    link.answers = ['hang', 'accept'];
    connector.start();
    await clock.advance(5000);
    connector.tryNow();
    await clock.advance(5000);
    expect(link.times).toEqual([0]);
    link.finish({});
    await clock.advance(0);
    expect(link.times).toEqual([0, 10_000]);
  });

  it('makes one attempt at a time', async () => {
    const { clock, link, connector } = await lab();
    link.answers = ['hang'];
    connector.start();
    await clock.advance(3_600_000);
    connector.tryNow();
    await clock.advance(1000);
    expect(link.attempts).toHaveLength(1);
  });

  it('tries 3.1.1 at once after version 5 was refused, and remembers it over a restart once it was accepted', async () => {
    const first = await lab();
    first.link.answers = [{ kind: 'unsupported-version' }, 'accept'];
    first.connector.start();
    await first.clock.advance(0);
    expect(first.link.attempts.map(({ at, options }) => [at, options.version])).toEqual([
      [0, 5],
      [0, 4],
    ]);
    const { disk, clock } = first;
    const again = await lab({ disk, clock });
    again.connector.start();
    await clock.advance(1);
    expect(again.link.attempts.map(({ options }) => options.version)).toEqual([4]);
    const elsewhere = await lab({ disk, clock, url: 'mqtt://127.0.0.2' });
    elsewhere.connector.start();
    await clock.advance(1);
    expect(elsewhere.link.attempts.map(({ options }) => options.version)).toEqual([5]);
  });

  it('does not remember 3.1.1 that was not accepted', async () => {
    const first = await lab();
    first.link.answers = [{ kind: 'closed-before-connack' }, { kind: 'closed-before-connack' }, {}, 'accept'];
    first.connector.start();
    await first.clock.advance(20_000);
    expect(first.link.attempts.map(({ options }) => options.version)).toEqual([5, 5, 4, 5]);
    const again = await lab({ disk: first.disk, clock: first.clock });
    again.connector.start();
    await again.clock.advance(1);
    expect(again.link.attempts.map(({ options }) => options.version)).toEqual([5]);
  });

  it('lets a hint win over the other version, which comes after it', async () => {
    const { clock, link, connector } = await lab();
    link.answers = [{ kind: 'unsupported-version', retryAfterMs: 30_000 }, 'accept'];
    connector.start();
    await clock.advance(40_000);
    expect(link.attempts.map(({ at, options }) => [at, options.version])).toEqual([
      [0, 5],
      [30_000, 4],
    ]);
  });

  it('goes on after an adapter that throws', async () => {
    const { clock, link, connector, events } = await lab();
    link.answers = ['throw', 'accept'];
    connector.start();
    await clock.advance(2000);
    expect(events).toEqual(['connected']);
  });

  it('gives a useless connection up once, without the will being lost, and waits longer each time', async () => {
    const { clock, link, connector, events } = await lab();
    connector.start();
    await clock.advance(0);
    for (const wait of [2000, 4000, 8000]) {
      const before = clock.monotonic();
      connector.giveUp('no subscription');
      connector.giveUp('no subscription');
      await clock.advance(wait);
      expect(link.times.at(-1)).toBe(before + wait);
    }
    expect(events).toEqual(['connected', 'closed null', 'connected', 'closed null', 'connected', 'closed null', 'connected']);
    expect(link.connections.map(({ ends }) => ends)).toEqual([[false], [false], [false], []]);
  });

  it('makes no attempt after it was stopped, and ends one that still succeeds', async () => {
    const { clock, link, connector, events } = await lab();
    link.answers = ['hang'];
    connector.start();
    await clock.advance(1000);
    connector.stop();
    expect(link.attempts[0]?.signal.aborted).toBe(true);
    link.finish('accept');
    await clock.settle();
    connector.tryNow();
    await clock.advance(3_600_000);
    expect(link.connections.map(({ ends }) => ends)).toEqual([[true]]);
    expect(link.attempts).toHaveLength(1);
    expect(events).toEqual([]);
  });
});
