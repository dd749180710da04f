import { gnpReportId, gnpReportLength, type Packet, PacketType } from '../frames/index.ts';
import { type Action, type Behaviour, type BehaviourContext, nack, silence } from './behaviour.ts';
import { illegalValue } from './capabilities/settings.ts';
import { powerCutMs } from './device.ts';

/** Acts on the next `count` requests (reads and writes) that the device receives, then is forgotten. */
export function forRequests(name: string, count: number, act: (packet: Packet, context: BehaviourContext) => Action): Behaviour {
  let left = count;
  return {
    name,
    onPacket: (packet, context) => {
      if (left <= 0 || (packet.type !== PacketType.read && packet.type !== PacketType.write)) return undefined;
      left -= 1;
      return act(packet, context);
    },
    spent: () => left <= 0,
  };
}

const afterwards = (context: BehaviourContext, change: (report: Uint8Array) => readonly Uint8Array[]): Action => ({
  kind: 'raw',
  reports: context.encode(context.next()).flatMap(change),
});

const withSequence = (report: Uint8Array, change: number): Uint8Array => {
  const changed = report.slice();
  changed[3] = ((report[3] ?? 0) + change) & 0xff;
  return changed;
};

/** xorshift32: the same garbage in every run. */
function garbageReport(seed: number): Uint8Array {
  const report = new Uint8Array(gnpReportLength);
  let state = seed;
  for (let index = 1; index < report.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    report[index] = state & 0xff;
  }
  report[0] = gnpReportId;
  return report;
}

/** What can go wrong with a device, each for its next `count` requests. */
export const faults = {
  /** Nothing is done and nothing answered. */
  timeout: (count: number): Behaviour => forRequests('timeout', count, () => silence),

  /** Refuses, with a reason that has no known meaning unless one is given. */
  nack: (count: number, reason: number = illegalValue): Behaviour => forRequests('nack', count, () => nack(reason)),

  /** Random bytes in place of the answer; the request is not carried out. */
  garbage: (count: number): Behaviour => {
    let seed = 0x9e3779b9;
    return forRequests('garbage', count, () => {
      seed += 0x61c88647;
      return { kind: 'raw', reports: [garbageReport(seed | 1)] };
    });
  },

  /** The request is carried out, its answer is lost. */
  drop: (count: number): Behaviour =>
    forRequests('drop', count, (_, context) => {
      context.next();
      return silence;
    }),

  /** Every answer comes twice. */
  duplicate: (count: number): Behaviour => forRequests('duplicate', count, (_, context) => afterwards(context, (report) => [report, report.slice()])),

  /** The answer carries another request's sequence number. */
  wrongSequence: (count: number): Behaviour =>
    forRequests('wrong-sequence', count, (_, context) => afterwards(context, (report) => [withSequence(report, -1)])),

  /** The answer comes `delayMs` later. */
  late: (count: number, delayMs: number): Behaviour =>
    forRequests('late', count, (_, context) => ({ kind: 'later', delayMs, action: context.next() })),

  /** It is pulled out in the middle of the `count`th request, which is carried out. */
  unplug: (count = 1): Behaviour => {
    let left = count;
    return forRequests('unplug', count, (_, context) => {
      left -= 1;
      const action = context.next();
      if (left === 0) context.leave(null);
      return action;
    });
  },

  /** It loses its power and every setting in the middle of each of the next `count` requests, and comes back after half a second. */
  powerCut: (count: number): Behaviour =>
    forRequests('power-cut', count, (_, context) => {
      context.powerCut(powerCutMs);
      return silence;
    }),
} as const satisfies Readonly<Record<string, (...values: never[]) => Behaviour>>;
