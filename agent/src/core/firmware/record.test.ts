import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../ports/index.ts';
import { type FirmwareRecord, parseFirmwareRecord, recordFor } from './record.ts';

const full: FirmwareRecord = {
  version: '2.3.4',
  revision: 7,
  postponements: 2,
  postponedUntil: 1000,
  askedAt: 2000,
  announcedAt: 3000,
  isAgreed: true,
  failure: { code: 'device-error', message: 'it refused' },
  begun: { from: '1.8.13', to: '2.3.4' },
  phase: 'transferring',
  cutOffs: { transferring: 2 },
  journal: { format: 1 },
};

describe('the record of a device’s firmware', () => {
  it('comes back from the store as it was', () => {
    expect(parseFirmwareRecord(structuredClone(full))).toEqual(full);
    const fresh = recordFor(null, { version: '2.3.4', revision: 7 });
    expect(parseFirmwareRecord(structuredClone(fresh))).toEqual(fresh);
  });

  it('is whole whatever a damaged or newer store holds, or none', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...Object.keys(full)), (json, key) => {
        // What fast-check makes is JSON, whatever its type says.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        const damaged = { ...full, [key]: json } as Json;
        const parsed = parseFirmwareRecord(damaged);
        if (parsed === null) return ['version', 'revision'].includes(key);
        return Object.keys(parsed).toSorted().join() === Object.keys(full).toSorted().join() && parseFirmwareRecord(parsed) !== null;
      }),
      { numRuns: 300 },
    );
    expect(parseFirmwareRecord({ version: '2.3.4', revision: 7, phase: 'dreaming', failure: { code: 'bad-luck' }, begun: {} })).toEqual(
      recordFor(null, { version: '2.3.4', revision: 7 }),
    );
  });

  it('goes on for the same revision, and forgets failures for a new one', () => {
    expect(recordFor(full, { version: '2.3.4', revision: 7 })).toEqual(full);
    expect(recordFor(full, { version: '2.3.4', revision: 8 })).toEqual({ ...full, revision: 8, failure: null, cutOffs: {} });
  });

  it('begins anew for another version, but for what was begun', () => {
    const { begun, phase, journal } = full;
    expect(recordFor(full, { version: '2.4.0', revision: 8 })).toEqual({
      ...recordFor(null, { version: '2.4.0', revision: 8 }),
      begun,
      phase,
      journal,
    });
  });
});
