import { PacketType } from '@jpd/protocol';
import type { Behaviour } from '@jpd/protocol/virtual';

/** Sees every setting that is written to a device, and reports one that it held already, unless a person was faster than the agent since it last asked. */
export class Witness implements Behaviour {
  readonly name = 'witness';
  readonly #violations: string[];
  /** What happened, counted. */
  #now = 0;
  #touchedAt = 0;
  readonly #readAt = new Map<string, number>();
  #unsureUntilMs = 0;

  constructor(violations: string[]) {
    this.#violations = violations;
  }

  /** Somebody else changes the device. */
  touched(): void {
    this.#touchedAt = this.#tick();
  }

  /**
   * Until then an answer may come that a program before this one asked for. Where both asked the same with the same number, nobody can know that it is
   * an old one.
   */
  oldAnswersUntil(monotonicMs: number): void {
    this.#unsureUntilMs = monotonicMs;
  }

  onPacket: Behaviour['onPacket'] = ({ type, command, subcommand }, context) => {
    const wire = `${command.toString(16)}/${subcommand?.toString(16)}`;
    if (type === PacketType.read) this.#readAt.set(wire, this.#tick());
    if (type !== PacketType.write) return undefined;
    const held = JSON.stringify([...context.state.settings]);
    const answer = context.next();
    const changedNothing = answer.kind === 'ack' && JSON.stringify([...context.state.settings]) === held;
    const isSure = context.clock.monotonic() > this.#unsureUntilMs;
    if (changedNothing && isSure && (this.#readAt.get(wire) ?? 0) > this.#touchedAt)
      this.#violations.push(`${context.state.serial}: ${wire} was written though it was held`);
    return answer;
  };

  #tick(): number {
    this.#now += 1;
    return this.#now;
  }
}
