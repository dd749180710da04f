import type { FirmwareUpdateOutcome, UpdateOutcome, UpdatePhase } from '@jpd/protocol';
import type { FirmwareError, FirmwareErrorCode } from '../../contract/index.ts';

/** How often an update may be cut off in one phase (contract: `interrupted`). */
const mostCutOffs = 5;

/** What came of running an update, in the words of the engine. */
export type RunResult =
  /** The device came back and said so itself, or ran the version before. */
  | { readonly kind: 'updated'; readonly version: string }
  /** The device, or this program, was lost on the way. */
  | { readonly kind: 'cut-off'; readonly phase: UpdatePhase }
  /** Something that passes by itself, before anything was written or without a trace. */
  | { readonly kind: 'later'; readonly message: string }
  /** It was called off before the point of no return. */
  | { readonly kind: 'cancelled' }
  /** It would have had to be written now, which something forbids. Nothing of it is on the device. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'failed'; readonly error: FirmwareError };

const failed = (code: FirmwareErrorCode, message: string): RunResult => ({ kind: 'failed', error: { code, message } });

/** Objections to a package, and not to the device as it is just now. */
const packageReasons: readonly string[] = ['nothing-to-send', 'ambiguous-images', 'damaged-image', 'image-too-large', 'no-version'];
const batteryReasons: readonly string[] = ['low-battery', 'unknown-battery'];

const sentences: Readonly<Record<string, string>> = {
  'no-answer': 'the device stopped answering',
  rejected: 'the device refused the update',
  corrupted: 'what arrived at the device is not what was sent',
  'not-installed': 'the device came back with another version',
};

function afterFailure(reason: string, phase: UpdatePhase, cause: Error | null): RunResult {
  if (reason === 'gone') return { kind: 'cut-off', phase };
  if (reason === 'busy') return { kind: 'later', message: 'the device is busy' };
  if (reason === 'not-recorded') return { kind: 'later', message: 'the state could not be saved' };
  const sentence = sentences[reason] ?? reason;
  return failed('device-error', `${sentence} (${phase})${cause ? `: ${cause.message}` : ''}`);
}

/** What an update in blocks came to (`updateFirmware`). */
export function otaResult(outcome: FirmwareUpdateOutcome): RunResult {
  switch (outcome.status) {
    case 'updated':
    case 'current':
      return { kind: 'updated', version: outcome.version };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'interrupted':
      return { kind: 'cut-off', phase: outcome.phase };
    case 'refused':
      if (batteryReasons.includes(outcome.reason)) return { kind: 'later', message: outcome.message };
      if (outcome.reason === 'wrong-product') return failed('wrong-device', outcome.message);
      return failed(packageReasons.includes(outcome.reason) ? 'package-invalid' : 'device-error', outcome.message);
    case 'failed':
      return afterFailure(outcome.reason, outcome.phase, outcome.cause);
  }
}

/** What an update by file came to (`updateByFile`). */
export function fileResult(outcome: UpdateOutcome): RunResult {
  switch (outcome.status) {
    case 'updated':
    case 'current':
      return { kind: 'updated', version: outcome.version };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'refused':
      if (outcome.reason === 'wrong-product') return failed('wrong-device', 'the package is for another product');
      if (outcome.reason === 'unusable-firmware') return failed('package-invalid', 'the file of the package cannot be sent');
      return failed('device-error', 'nobody vouches for how this product takes firmware');
    case 'failed':
      return afterFailure(outcome.reason, outcome.phase, outcome.cause);
  }
}

/** Whether an update was cut off too often in one phase; what was asked before anything was written costs nothing. */
export function afterCutOff(
  cutOffs: Readonly<Partial<Record<UpdatePhase, number>>>,
  phase: UpdatePhase,
): { readonly cutOffs: Readonly<Partial<Record<UpdatePhase, number>>>; readonly failure: FirmwareError | null } {
  if (phase === 'checking') return { cutOffs, failure: null };
  const count = (cutOffs[phase] ?? 0) + 1;
  const failure: FirmwareError | null =
    count < mostCutOffs ? null : { code: 'interrupted', message: `the update was cut off ${count} times while ${phase}` };
  return { cutOffs: { ...cutOffs, [phase]: count }, failure };
}
