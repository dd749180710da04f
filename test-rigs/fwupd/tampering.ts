import type { Transfer } from './conversation.ts';
import type { EmulatedPhases } from './emulation.ts';

/** Which transfer of a record: the nth of a command and subcommand in one direction, negative from the end. */
export interface Place {
  readonly phase: keyof EmulatedPhases;
  readonly direction: Transfer['direction'];
  readonly command: number;
  readonly subcommand: number;
  readonly nth?: number;
}

function indexOf(transfers: readonly Transfer[], { direction, command, subcommand, nth = 0 }: Place): number {
  const matching = transfers.flatMap(({ report, ...transfer }, index) =>
    transfer.direction === direction && report[5] === command && report[6] === subcommand ? [index] : [],
  );
  const index = matching.at(nth);
  if (index === undefined) throw new RangeError(`the record has no ${direction} ${command.toString(16)}/${subcommand.toString(16)}`);
  return index;
}

/** The place of what answers a request: the next transfer that comes in. */
const answerTo = (transfers: readonly Transfer[], request: Place): number => {
  const from = indexOf(transfers, request);
  return transfers.findIndex(({ direction }, index) => index > from && direction === 'in');
};

function edited(phases: EmulatedPhases, phase: keyof EmulatedPhases, edit: (transfers: readonly Transfer[]) => readonly Transfer[]): EmulatedPhases {
  return { ...phases, [phase]: edit(phases[phase] ?? []) };
}

/** One transfer is another; what was read over it was read over the other. */
function replaced(
  transfers: readonly Transfer[],
  index: number,
  bytes: (report: Uint8Array) => Readonly<Record<number, number>>,
): readonly Transfer[] {
  const before = transfers[index];
  if (!before) throw new RangeError('the record has no such transfer');
  const report = Uint8Array.from(before.report);
  for (const [at, value] of Object.entries(bytes(before.report))) report[Number(at)] = value;
  const readOver = transfers.findIndex(({ into }, later) => later > index && Buffer.compare(into, before.report) === 0);
  return transfers.map((one, at) => (at === index ? { ...one, report } : at === readOver ? { ...one, into: report } : one));
}

/** Bytes of one transfer are others: `bytes` by their place in the report. */
export const withBytes = (phases: EmulatedPhases, place: Place, bytes: Readonly<Record<number, number>>): EmulatedPhases =>
  edited(phases, place.phase, (transfers) => replaced(transfers, indexOf(transfers, place), () => bytes));

/** The same of the answer to a request. */
export const withAnswer = (phases: EmulatedPhases, request: Place, bytes: Readonly<Record<number, number>>): EmulatedPhases =>
  edited(phases, request.phase, (transfers) => replaced(transfers, answerTo(transfers, request), () => bytes));

/** One bit of a transfer is flipped. */
export const withFlippedBit = (phases: EmulatedPhases, place: Place, byte: number, bit: number): EmulatedPhases =>
  edited(phases, place.phase, (transfers) =>
    replaced(transfers, indexOf(transfers, place), (report) => ({ [byte]: (report[byte] ?? 0) ^ (1 << bit) })),
  );

/** A transfer never took place. */
export const without = (phases: EmulatedPhases, place: Place): EmulatedPhases =>
  edited(phases, place.phase, (transfers) => transfers.filter((_, index) => index !== indexOf(transfers, place)));
