import { type Packet, PacketType } from '../frames/index.ts';
import { type Action, type Behaviour, type BehaviourContext, type OutgoingEvent, nack, silence } from './behaviour.ts';
import { nackByte } from './nack-bytes.ts';

/** Field by field: a spread would take longer than all the rest of a block of firmware, which every behaviour is asked about. */
const contextOf = (context: Omit<BehaviourContext, 'next'>, next: BehaviourContext['next']): BehaviourContext => ({
  state: context.state,
  clock: context.clock,
  next,
  encode: context.encode,
  event: context.event,
  changeSettings: context.changeSettings,
  leave: context.leave,
  restart: context.restart,
  powerCut: context.powerCut,
});

/** What a device does with packets: its behaviours, the newest asked first. */
export class BehaviourChain {
  #behaviours: readonly Behaviour[];

  constructor(behaviours: readonly Behaviour[]) {
    this.#behaviours = behaviours;
  }

  /** Returns what removes it. */
  add(behaviour: Behaviour): () => void {
    this.#behaviours = [...this.#behaviours, behaviour];
    return () => {
      this.#behaviours = this.#behaviours.filter((other) => other !== behaviour);
    };
  }

  /** Asks until one answers; what none answers is refused, events and replies of the host are ignored. */
  ask(packet: Packet, context: Omit<BehaviourContext, 'next'>): Action {
    this.#behaviours = this.#behaviours.filter((behaviour) => !behaviour.spent?.());
    const behaviours = this.#behaviours;
    const askOlderThan = (count: number, asked: Packet): Action => {
      for (let index = count - 1; index >= 0; index -= 1) {
        const action = behaviours[index]?.onPacket(
          asked,
          contextOf(context, (changed = asked) => askOlderThan(index, changed)),
        );
        if (action) return action;
      }
      return this.#refusal(asked);
    };
    return askOlderThan(behaviours.length, packet);
  }

  /** The payloads that an event is sent with: its own, unless a behaviour has something to say about it. */
  filter(event: OutgoingEvent, context: Pick<BehaviourContext, 'state' | 'leave' | 'powerCut'>): readonly Uint8Array[] {
    for (const behaviour of this.#behaviours.toReversed()) {
      const payloads = behaviour.spent?.() === true ? undefined : behaviour.onEvent?.(event, context);
      if (payloads) return payloads;
    }
    return [event.payload];
  }

  #refusal(packet: Packet): Action {
    if (packet.type !== PacketType.read && packet.type !== PacketType.write) return silence;
    const known = this.#behaviours.some(({ commands }) => commands?.includes(packet.command));
    return nack(known ? nackByte.unknownSubcommand : nackByte.unknownCommand);
  }
}
