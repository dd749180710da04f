import type { FirmwareUpdateOutcome, UpdateOutcome } from '@jpd/protocol';
import { describe, expect, it } from 'vitest';
import { afterCutOff, fileResult, otaResult, type RunResult } from './outcome.ts';

const short = (result: RunResult): string =>
  [result.kind, ...('error' in result ? [result.error.code] : []), ...('phase' in result ? [result.phase] : [])].join(' ');

describe('an update in blocks', () => {
  const at = { phase: 'transferring', step: 'sending', cause: null } as const;
  it.each<[FirmwareUpdateOutcome, string]>([
    [{ status: 'updated', from: '1.8.13', version: '2.3.4', cancelRefused: false }, 'updated'],
    [{ status: 'current', version: '2.3.4' }, 'updated'],
    [{ status: 'cancelled' }, 'cancelled'],
    [{ status: 'interrupted', next: 'write', ...at }, 'cut-off transferring'],
    [{ status: 'failed', reason: 'gone', ...at }, 'cut-off transferring'],
    [{ status: 'failed', reason: 'busy', ...at }, 'later'],
    [{ status: 'failed', reason: 'not-recorded', ...at }, 'later'],
    [{ status: 'failed', reason: 'rejected', ...at }, 'failed device-error'],
    [{ status: 'failed', reason: 'no-answer', ...at }, 'failed device-error'],
    [{ status: 'failed', reason: 'corrupted', ...at }, 'failed device-error'],
    [{ status: 'failed', reason: 'not-installed', ...at }, 'failed device-error'],
    [{ status: 'refused', reason: 'wrong-product', message: 'm' }, 'failed wrong-device'],
    [{ status: 'refused', reason: 'unknown-protocol', message: 'm' }, 'failed device-error'],
    [{ status: 'refused', reason: 'low-battery', message: 'm' }, 'later'],
    [{ status: 'refused', reason: 'unknown-battery', message: 'm' }, 'later'],
    [{ status: 'refused', reason: 'nothing-to-send', message: 'm' }, 'failed package-invalid'],
    [{ status: 'refused', reason: 'ambiguous-images', message: 'm' }, 'failed package-invalid'],
    [{ status: 'refused', reason: 'damaged-image', message: 'm' }, 'failed package-invalid'],
    [{ status: 'refused', reason: 'image-too-large', message: 'm' }, 'failed package-invalid'],
    [{ status: 'refused', reason: 'no-version', message: 'm' }, 'failed package-invalid'],
  ])('%j', (outcome, expected) => {
    expect(short(otaResult(outcome))).toBe(expected);
  });

  it('says in a sentence what went wrong, and where', () => {
    const cause = new Error('NACK FF');
    expect(otaResult({ status: 'failed', reason: 'rejected', ...at, cause })).toEqual({
      kind: 'failed',
      error: { code: 'device-error', message: 'the device refused the update (transferring): NACK FF' },
    });
  });
});

describe('an update by file', () => {
  const at = { phase: 'installing', cause: null } as const;
  it.each<[UpdateOutcome, string]>([
    [{ status: 'updated', version: '2.3.4' }, 'updated'],
    [{ status: 'current', version: '2.3.4' }, 'updated'],
    [{ status: 'cancelled' }, 'cancelled'],
    [{ status: 'refused', reason: 'wrong-product' }, 'failed wrong-device'],
    [{ status: 'refused', reason: 'unusable-firmware' }, 'failed package-invalid'],
    [{ status: 'refused', reason: 'unsupported' }, 'failed device-error'],
    [{ status: 'failed', reason: 'gone', ...at }, 'cut-off installing'],
    [{ status: 'failed', reason: 'busy', ...at }, 'later'],
    [{ status: 'failed', reason: 'corrupted', ...at }, 'failed device-error'],
  ])('%j', (outcome, expected) => {
    expect(short(fileResult(outcome))).toBe(expected);
  });
});

describe('being cut off', () => {
  it('costs nothing before anything was written', () => {
    expect(afterCutOff({ transferring: 4 }, 'checking')).toEqual({ cutOffs: { transferring: 4 }, failure: null });
  });

  it('counts by the step, and has failed at the fifth time', () => {
    expect(afterCutOff({}, 'transferring')).toEqual({ cutOffs: { transferring: 1 }, failure: null });
    expect(afterCutOff({ transferring: 4 }, 'verifying').failure).toBeNull();
    expect(afterCutOff({ transferring: 3 }, 'transferring').failure).toBeNull();
    expect(afterCutOff({ transferring: 4 }, 'transferring')).toEqual({
      cutOffs: { transferring: 5 },
      failure: { code: 'interrupted', message: 'the update was cut off 5 times while transferring' },
    });
  });
});
