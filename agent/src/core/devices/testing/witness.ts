import { type Packet, PacketType } from '@jpd/protocol';
import type { Behaviour } from '@jpd/protocol/virtual';

const wireOf = ({ command, subcommand }: Packet): string => `${command.toString(16)}/${subcommand?.toString(16)}`;

/** Sees every setting that is written to a device, and reports one that it held already, unless a person was faster than the agent since it last asked. */
export class Witness implements Behaviour {
  readonly name = 'witness';
  readonly #violations: string[];
  /** What happened, counted. */
  #now = 0;
  #touchedAt = 0;
  readonly #readAt = new Map<string, number>();
  /** When the last answer to each question comes that comes late, by the monotonic clock. */
  readonly #lateUntilMs = new Map<string, number>();
  /** Of those, the ones that a program before this one asked for. */
  #oldUntilMs: ReadonlyMap<string, number> = new Map();

  constructor(violations: string[]) {
    this.#violations = violations;
  }

  /** Somebody else changes the device. */
  touched(): void {
    this.#touchedAt = this.#tick();
  }

  /** The answer to this comes at that time. */
  answersLate(packet: Packet, monotonicMs: number): void {
    const wire = wireOf(packet);
    this.#lateUntilMs.set(wire, Math.max(monotonicMs, this.#lateUntilMs.get(wire) ?? 0));
  }

  /** The agent starts again: where it asks what was asked before, with the same number, nobody can know that an answer still under way is the old one. */
  restarted(): void {
    this.#oldUntilMs = new Map(this.#lateUntilMs);
  }

  onPacket: Behaviour['onPacket'] = (packet, context) => {
    const { type } = packet;
    const wire = wireOf(packet);
    if (type === PacketType.read) this.#readAt.set(wire, this.#tick());
    if (type !== PacketType.write) return undefined;
    const held = JSON.stringify([...context.state.settings]);
    const answer = context.next();
    const changedNothing = answer.kind === 'ack' && JSON.stringify([...context.state.settings]) === held;
    const isSure = context.clock.monotonic() > (this.#oldUntilMs.get(wire) ?? -1);
    if (changedNothing && isSure && (this.#readAt.get(wire) ?? 0) > this.#touchedAt)
      this.#violations.push(`${context.state.serial}: ${wire} was written though it was held`);
    return answer;
  };

  #tick(): number {
    this.#now += 1;
    return this.#now;
  }
}
