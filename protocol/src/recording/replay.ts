import { gnpReportId } from '../frames/index.ts';
import { BufferedChannel } from '../session/buffered-channel.ts';
import type { HidChannel } from '../session/hid-port.ts';
import { RecordingError } from './errors.ts';
import type { Recording } from './model.ts';

/** A report to the device, and what the device sent until the next one. */
interface Exchange {
  readonly request: Uint8Array;
  readonly answers: readonly Uint8Array[];
}

/** Bytes 3 and 4 of a GNP report: sequence, type with length (facts E1). */
const sequenceAt = 3;
const typeAt = 4;
const replyBits = 0xc0;

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);

function exchangesOf({ reports }: Recording): { readonly unasked: readonly Uint8Array[]; readonly exchanges: readonly Exchange[] } {
  const unasked: Uint8Array[] = [];
  const exchanges: { request: Uint8Array; answers: Uint8Array[] }[] = [];
  for (const { direction, report } of reports) {
    if (direction === 'out') exchanges.push({ request: report, answers: [] });
    else (exchanges.at(-1)?.answers ?? unasked).push(report);
  }
  return { unasked, exchanges };
}

/** The same with `sequence`, in GNP reports; of those from the device only replies have the request's. */
function withSequence(report: Uint8Array, sequence: number, repliesOnly: boolean): Uint8Array {
  const isReply = ((report[typeAt] ?? 0) & replyBits) === replyBits;
  if (report[0] !== gnpReportId || (repliesOnly && !isReply)) return report;
  const changed = Uint8Array.from(report);
  changed[sequenceAt] = sequence;
  return changed;
}

/** How a replay takes what it is sent. */
export type ReplayMode =
  /** The recorded requests in the recorded order, byte for byte; a write of anything else rejects with `RecordingError`. */
  | 'strict'
  /**
   * Any order and number: the next recorded exchange with the same request answers, the last one again and again. Sequence numbers of GNP don't count,
   * and replies carry the request's. What was never recorded stays unanswered.
   */
  | 'matching';

/** A device that answers as recorded, without delays. What it sent before the first request waits for the first listener. */
export function replayChannel(recording: Recording, mode: ReplayMode): HidChannel {
  const { unasked, exchanges } = exchangesOf(recording);
  const find = mode === 'strict' ? strictly(exchanges) : matching(exchanges);
  const channel = new BufferedChannel({
    descriptor: recording.descriptor,
    write: async (report) => {
      for (const answer of find(report)) channel.deliver(answer);
    },
    close: async () => undefined,
  });
  for (const report of unasked) channel.deliver(report);
  return channel;
}

type Find = (report: Uint8Array) => readonly Uint8Array[];

function strictly(exchanges: readonly Exchange[]): Find {
  let next = 0;
  return (report) => {
    const exchange = exchanges[next];
    if (!exchange) throw new RecordingError('unexpected-report', `the recording ends after ${exchanges.length} reports to the device`);
    if (!equal(exchange.request, report))
      throw new RecordingError('unexpected-report', `report ${next + 1} to the device is another one in the recording`);
    next += 1;
    return exchange.answers;
  };
}

function matching(exchanges: readonly Exchange[]): Find {
  const used = new Set<Exchange>();
  return (report) => {
    const sequence = report[sequenceAt] ?? 0;
    const same = exchanges.filter(({ request }) => equal(withSequence(request, sequence, false), report));
    const exchange = same.find((one) => !used.has(one)) ?? same.at(-1);
    if (!exchange) return [];
    used.add(exchange);
    return exchange.answers.map((answer) => withSequence(answer, sequence, true));
  };
}
