import fc from 'fast-check';
import { u16le } from '../../bytes/index.ts';
import { gnpReportId, gnpReportLength, type Packet, PacketType } from '../../frames/index.ts';
import { fwupd, message } from '../../messages/message.ts';
import { VirtualClock } from '../../virtual/clock.ts';
import { CancelSource } from '../cancel.ts';
import { DeviceError } from '../errors.ts';
import { Session } from '../session.ts';
import { defaultTiming } from '../timing.ts';
import { ackTo, eventFrom, nackTo, replyTo, ScriptedChannel } from './scripted-channel.ts';

/** Carries a number that no other request has, and answers with it: an answer that went to another request is seen by its number. */
const numbered = message({
  name: 'numbered',
  command: 0x13,
  subcommand: 0x55,
  request: u16le(),
  reply: u16le(),
  write: u16le(),
  post: u16le(),
  provenance: [fwupd],
});

/** An address that nobody asks anything. */
const stranger = 9;

/** What the device does with one attempt of a request. */
export type Fate =
  | 'answer at once'
  | 'answer soon'
  | 'answer late'
  | 'answer far too late'
  | 'answer twice'
  | 'drop'
  | 'refuse'
  | 'lie'
  | 'malformed'
  | 'garbage'
  | 'stuck';

export const fates: fc.Arbitrary<Fate> = fc.constantFrom(
  'answer at once',
  'answer soon',
  'answer late',
  'answer far too late',
  'answer twice',
  'drop',
  'refuse',
  'lie',
  'malformed',
  'garbage',
  'stuck',
);

type Outcome = { readonly kind: 'answer'; readonly value: unknown } | { readonly kind: 'error'; readonly code: string };

interface Asked {
  readonly number: number;
  readonly address: number;
  readonly kind: 'read' | 'write';
  readonly fates: readonly Fate[];
  readonly cancel: CancelSource;
  attempts: number;
  /** What the device said to it so far, in words of `Outcome`. */
  answered: boolean;
  refused: boolean;
  outcomes: Outcome[];
}

/** Longest life of one request: every attempt is neither taken nor answered in time. */
const longestMs = defaultTiming.attempts * (defaultTiming.sendMs + defaultTiming.receiveMs + defaultTiming.retryDelayMs);

/** A session with a device whose behaviour is chosen attempt by attempt, and what the session must keep to. */
export class SessionBench {
  readonly clock = new VirtualClock();
  readonly channel = new ScriptedChannel(this.clock);
  readonly session: Session;
  readonly asked: Asked[] = [];
  readonly #sentEvents: number[] = [];
  readonly #heardEvents: number[] = [];
  readonly #posts: Promise<unknown>[] = [];
  #postsSent = 0;
  #unplugged = false;
  #numbers = 0;

  constructor() {
    this.channel.onWrite = (packet) => {
      this.#receive(packet);
    };
    this.channel.taking = () => (this.#fateOf(this.channel.last) === 'stuck' ? new Promise(() => undefined) : Promise.resolve());
    this.session = new Session(this.channel, this.clock);
    this.session.onEvent(({ source, payload }) => {
      if (source !== stranger) this.#heardEvents.push(payload[0] ?? -1);
    });
  }

  ask(kind: Asked['kind'], address: number, chosen: readonly Fate[]): void {
    const number = (this.#numbers += 1);
    const one: Asked = {
      number,
      address,
      kind,
      fates: chosen,
      cancel: new CancelSource(),
      attempts: 0,
      answered: false,
      refused: false,
      outcomes: [],
    };
    this.asked.push(one);
    const options = { signal: one.cancel.signal };
    const promise: Promise<unknown> =
      kind === 'read'
        ? this.session.read(numbered, address, { ...options, request: number })
        : this.session.write(numbered, address, number, options);
    promise.then(
      (value) => one.outcomes.push({ kind: 'answer', value }),
      (error: unknown) => one.outcomes.push({ kind: 'error', code: error instanceof DeviceError ? error.code : String(error) }),
    );
  }

  cancel(which: number): void {
    this.asked[which % Math.max(1, this.asked.length)]?.cancel.cancel();
  }

  post(address: number): void {
    this.#postsSent += this.#unplugged ? 0 : 1;
    this.#posts.push(this.session.post(numbered, address, 0xffff).catch((error: unknown) => error));
  }

  event(address: number, number: number): void {
    if (!this.#unplugged) this.#sentEvents.push(number);
    this.channel.deliver(eventFrom(address, 0x12, 0x02, [number]));
  }

  /** Any bytes under GNP's report id, but from an address that nobody asks. */
  stray(bytes: Uint8Array): void {
    this.channel.deliver(Uint8Array.from([gnpReportId, 0, stranger, ...bytes]));
  }

  unplug(): void {
    this.#unplugged = true;
    this.channel.fail('it was pulled out');
  }

  /** What does not hold now; empty where everything does. */
  problems(): readonly string[] {
    return [...this.#orderProblems(), ...this.asked.flatMap((one) => this.#outcomeProblems(one))];
  }

  /** Lets every request end, in the time that this may take, and says what does not hold then. */
  async finish(): Promise<readonly string[]> {
    const perAddress = Math.max(0, ...[1, 4, 8].map((address) => this.asked.filter((one) => one.address === address).length));
    await this.clock.advance(perAddress * longestMs);
    const unsettled = this.asked.filter(({ outcomes }) => outcomes.length !== 1).map(({ number }) => `request ${number} is not settled once`);
    // The device's own late answers are timers of the same clock.
    await this.clock.advance(60_000);
    const posted = this.channel.sent.filter(({ packet }) => packet.type === PacketType.event);
    return [
      ...this.problems(),
      ...unsettled,
      ...(this.clock.pendingTimers === 0 ? [] : [`${this.clock.pendingTimers} timers are left`]),
      ...(this.#heardEvents.join() === this.#sentEvents.join() ? [] : [`events ${this.#sentEvents.join()} became ${this.#heardEvents.join()}`]),
      ...(posted.length === this.#postsSent && posted.every(({ packet }) => packet.sequence === 0) ? [] : ['posts were not sent once each']),
      ...(this.session.statistics.sent === this.channel.sent.length ? [] : ['what was sent is not counted']),
      ...((await Promise.all(this.#posts)).length === this.#posts.length ? [] : ['a post is not settled']),
    ];
  }

  /** Per address one request after another: once the next one was sent, an earlier one is not sent again, and no sequence number serves two. */
  #orderProblems(): readonly string[] {
    const problems: string[] = [];
    const latest = new Map<number, { readonly sequence: number; readonly number: number }>();
    for (const { packet } of this.channel.sent) {
      if (packet.type === PacketType.event) continue;
      const number = this.#askedBy(packet)?.number ?? -1;
      const before = latest.get(packet.destination);
      if (before && before.number !== number && packet.sequence !== before.sequence + 1)
        problems.push(`sequence ${packet.sequence} after ${before.sequence} at address ${packet.destination}`);
      if (before && before.number === number && packet.sequence !== before.sequence) problems.push(`request ${number} changed its sequence number`);
      if (before && number < before.number) problems.push(`request ${number} was sent after ${before.number}`);
      latest.set(packet.destination, { sequence: packet.sequence, number });
    }
    return problems;
  }

  #outcomeProblems(one: Asked): readonly string[] {
    const [outcome] = one.outcomes;
    const says = (problem: string): readonly string[] => [`request ${one.number}: ${problem}`];
    if (one.attempts > defaultTiming.attempts) return says(`${one.attempts} attempts`);
    if (!outcome) return [];
    if (outcome.kind === 'answer') {
      if (!one.answered) return says('answered without an answer');
      return one.kind === 'read' && outcome.value !== one.number ? says(`got the answer of ${String(outcome.value)}`) : [];
    }
    switch (outcome.code) {
      case 'timeout':
      case 'malformed':
        return one.attempts === defaultTiming.attempts ? [] : says(`${outcome.code} after ${one.attempts} attempts`);
      case 'rejected':
        return one.refused ? [] : says('refused without a refusal');
      case 'cancelled':
        return one.cancel.aborted ? [] : says('cancelled by nobody');
      case 'disconnected':
        return this.#unplugged ? [] : says('disconnected from a device that is there');
      default:
        return says(`ended with ${outcome.code}`);
    }
  }

  #askedBy(packet: Packet): Asked | undefined {
    const number = (packet.payload[0] ?? 0) | ((packet.payload[1] ?? 0) << 8);
    return this.asked[number - 1];
  }

  #fateOf(packet: Packet): Fate {
    const one = packet.type === PacketType.event ? undefined : this.#askedBy(packet);
    return one?.fates[one.attempts % one.fates.length] ?? 'drop';
  }

  #receive(packet: Packet): void {
    const one = packet.type === PacketType.event ? undefined : this.#askedBy(packet);
    if (!one) return;
    const fate = this.#fateOf(packet);
    one.attempts += 1;
    const later = (milliseconds: number): void => {
      this.clock.setTimer(milliseconds, () => {
        this.#answer(one, packet);
      });
    };
    switch (fate) {
      case 'answer at once':
        this.#answer(one, packet);
        break;
      case 'answer soon':
        later(20);
        break;
      case 'answer twice':
        later(20);
        later(21);
        break;
      case 'answer late':
        later(defaultTiming.receiveMs + defaultTiming.retryDelayMs / 2);
        break;
      case 'answer far too late':
        later(4 * longestMs);
        break;
      case 'refuse':
        one.refused = true;
        this.channel.deliver(nackTo(packet, 0xf6));
        break;
      case 'lie':
        // Another address, another sequence number, another message: none of them answers.
        this.channel.deliver(replyTo(packet, [0, 0], { source: stranger }), replyTo(packet, [0, 0], { sequence: packet.sequence ^ 0x80 }));
        this.channel.deliver(replyTo(packet, [0, 0], { subcommand: 0x56 }), ackTo(packet, { sequence: packet.sequence ^ 0x80 }));
        break;
      case 'malformed':
        this.channel.deliver(replyTo(packet, [one.number & 0xff]));
        break;
      case 'garbage':
        this.channel.deliver(new Uint8Array(gnpReportLength).fill(0xc1).fill(5, 0, 1), Uint8Array.of(5, 0), Uint8Array.of(7));
        break;
      case 'drop':
      case 'stuck':
        break;
    }
  }

  #answer(one: Asked, packet: Packet): void {
    one.answered = true;
    this.channel.deliver(one.kind === 'read' ? replyTo(packet, [one.number & 0xff, one.number >> 8]) : ackTo(packet));
  }
}
