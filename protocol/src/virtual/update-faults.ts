import { Command, type Packet, PacketType } from '../frames/index.ts';
import {
  updateBlock,
  updateBlockAcknowledged,
  updateCommit,
  updateCrc,
  updateErased,
  updatePartition,
  updateStart,
  updateVerified,
  updateVersion,
} from '../messages/firmware.ts';
import { type Action, type Behaviour, type BehaviourContext, nack, type OutgoingEvent, silence } from './behaviour.ts';
import { illegalValue } from './capabilities/settings.ts';
import { powerCutMs } from './device.ts';

/** What the host sends in an update. */
const requests = {
  partition: updatePartition.subcommand,
  start: updateStart.subcommand,
  crc: updateCrc.subcommand,
  block: updateBlock.subcommand,
  version: updateVersion.subcommand,
  commit: updateCommit.subcommand,
} as const;

/** What the device tells in an update. */
const events = {
  erased: updateErased.subcommand,
  'block-acknowledged': updateBlockAcknowledged.subcommand,
  verified: updateVerified.subcommand,
} as const;

export type UpdateRequestStep = keyof typeof requests;
export type UpdateEventStep = keyof typeof events;
export type UpdateStep = UpdateRequestStep | UpdateEventStep;

/**
 * - `lost`: it never arrived
 * - `unanswered`: it was carried out, its answer is lost
 * - `nack`: refused, not carried out
 * - `power-cut`, `unplug`: instead of it; `power-cut-after`, `unplug-after`: once it was carried out, before the answer
 * - `damaged`: a bit of its last byte changed on the way
 * - `silent`: from here on the device neither does nor says anything, until it is restarted
 */
export type UpdateRequestFault = 'lost' | 'unanswered' | 'nack' | 'power-cut' | 'power-cut-after' | 'unplug' | 'unplug-after' | 'damaged' | 'silent';

/**
 * - `lost`, `doubled`: it arrives never, or twice
 * - `wrong`: an acknowledgement with another block's number, three before
 * - `power-cut`, `unplug`: instead of it
 * - `silent`: as with requests
 */
export type UpdateEventFault = 'lost' | 'doubled' | 'wrong' | 'power-cut' | 'unplug' | 'silent';

/** Which of them. */
export interface Occasion {
  /** The first that it happens to, counted from 1 over all images and repetitions. */
  readonly nth?: number;
  /** How many in a row. */
  readonly count?: number;
}

const requestSteps: ReadonlyMap<number | null, UpdateRequestStep> = new Map(
  (['partition', 'start', 'crc', 'block', 'version', 'commit'] as const).map((step) => [requests[step], step]),
);
const eventSteps: ReadonlyMap<number, UpdateEventStep> = new Map(
  (['erased', 'block-acknowledged', 'verified'] as const).map((step) => [events[step], step]),
);

const requestStep = ({ command, subcommand, type }: Packet): UpdateRequestStep | undefined =>
  command === Command.firmware && type !== PacketType.reply && type !== PacketType.read ? requestSteps.get(subcommand) : undefined;

function damaged(packet: Packet): Packet {
  const payload = packet.payload.slice();
  const last = payload.length - 1;
  if (last >= 0) payload[last] = (payload[last] ?? 0) ^ 0x10;
  return { ...packet, payload };
}

function afterwards(context: BehaviourContext, act: () => void): Action {
  context.next();
  act();
  return silence;
}

function actOnRequest(fault: Exclude<UpdateRequestFault, 'silent'>, packet: Packet, context: BehaviourContext): Action {
  switch (fault) {
    case 'lost':
      return silence;
    case 'unanswered':
      return afterwards(context, () => undefined);
    case 'nack':
      return nack(illegalValue);
    case 'power-cut':
      context.powerCut(powerCutMs);
      return silence;
    case 'power-cut-after':
      return afterwards(context, () => {
        context.powerCut(powerCutMs);
      });
    case 'unplug':
      context.leave(powerCutMs);
      return silence;
    case 'unplug-after':
      return afterwards(context, () => {
        context.leave(powerCutMs);
      });
    case 'damaged':
      return context.next(damaged(packet));
  }
}

function actOnEvent(
  fault: Exclude<UpdateEventFault, 'silent'>,
  { payload }: OutgoingEvent,
  context: Pick<BehaviourContext, 'leave' | 'powerCut'>,
): readonly Uint8Array[] {
  switch (fault) {
    case 'lost':
      return [];
    case 'doubled':
      return [payload, payload];
    case 'wrong': {
      const number = ((payload[0] ?? 0) | ((payload[1] ?? 0) << 8)) - 3;
      return [payload.length === 2 ? Uint8Array.of(number & 0xff, (number >> 8) & 0xff) : payload];
    }
    case 'power-cut':
      context.powerCut(powerCutMs);
      return [];
    case 'unplug':
      context.leave(powerCutMs);
      return [];
  }
}

/** Tells whether it is its turn, from the `nth` call on, `count` times. */
function counted({ nth = 1, count = 1 }: Occasion): { readonly isDue: () => boolean; readonly isOver: () => boolean } {
  let seen = 0;
  return {
    isDue: () => {
      seen += 1;
      return seen >= nth && seen < nth + count;
    },
    isOver: () => seen >= nth + count - 1,
  };
}

/** Once begun it lasts until the device starts anew. */
function silentFrom(isBegin: (packet: Packet | null, event: OutgoingEvent | null) => boolean): Behaviour {
  let since: number | null = null;
  const isSilent = (starts: number): boolean => since !== null && since === starts;
  const act = (starts: number, packet: Packet | null, event: OutgoingEvent | null): boolean => {
    if (since === null && isBegin(packet, event)) since = starts;
    return isSilent(starts);
  };
  return {
    name: 'update-silent',
    onPacket: (packet, { state }) => (act(state.flash?.starts ?? 0, packet, null) ? silence : undefined),
    onEvent: (event, { state }) => (act(state.flash?.starts ?? 0, null, event) ? [] : undefined),
  };
}

/** Something goes wrong at a step of an update that the host takes. Unplugged and without power the device is away for half a second. */
export function onUpdateRequest(step: UpdateRequestStep, fault: UpdateRequestFault, occasion: Occasion = {}): Behaviour {
  const { isDue, isOver } = counted(occasion);
  if (fault === 'silent') return silentFrom((packet) => packet !== null && requestStep(packet) === step && isDue());
  return {
    name: `update-${step}-${fault}`,
    onPacket: (packet, context) => (requestStep(packet) === step && isDue() ? actOnRequest(fault, packet, context) : undefined),
    spent: isOver,
  };
}

/** Something goes wrong with what the device tells in an update. */
export function onUpdateEvent(step: UpdateEventStep, fault: UpdateEventFault, occasion: Occasion = {}): Behaviour {
  const { isDue, isOver } = counted(occasion);
  const isIt = ({ command, subcommand }: OutgoingEvent): boolean => command === Command.firmware && eventSteps.get(subcommand) === step;
  if (fault === 'silent') return silentFrom((_, event) => event !== null && isIt(event) && isDue());
  return {
    name: `update-${step}-${fault}`,
    onPacket: () => undefined,
    onEvent: (event, context) => (isIt(event) && isDue() ? actOnEvent(fault, event, context) : undefined),
    spent: isOver,
  };
}
