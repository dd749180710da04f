import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { corpusEntry, fuzz } from '../bytes/testing/corpus.ts';
import { HidDescriptorError, HidReportError } from './errors.ts';
import { elementOf } from './find-field.ts';
import { findGnpReport } from './gnp-path.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { emptyReport, readArray, readValue } from './report-values.ts';

/** A file is added for every input that once broke the parser. */
const folder = new URL('corpus/', import.meta.url);
const kept = new Map(readdirSync(folder).map((name) => [name, corpusEntry(readFileSync(new URL(name, folder), 'utf8'))]));

/** Recorded by fwupd's authors; not ours to copy, so it is read where it lies. */
function recorded(): readonly Uint8Array[] {
  const setup = JSON.parse(readFileSync(new URL('../../../../shared/data/panacast-50-setup.fwupd.json', import.meta.url), 'utf8')) as {
    UsbDevices: { UsbHidDescriptors: string[] }[];
  };
  return setup.UsbDevices.flatMap(({ UsbHidDescriptors }) => UsbHidDescriptors.map((text) => Uint8Array.from(Buffer.from(text, 'base64'))));
}

const seen = { read: 0, refused: 0 };

/** Reads a descriptor and everything that it says of reports; nothing but the declared errors may come out. */
function readAll(bytes: Uint8Array): void {
  try {
    const descriptor = parseReportDescriptor(bytes);
    findGnpReport(descriptor);
    for (const report of descriptor.reports) {
      const empty = emptyReport(report);
      if (empty.length !== report.byteLength) throw new RangeError('a report of another length');
      for (const field of report.fields) {
        try {
          if (field.isArray) readArray(empty, field);
          else if (field.count > 0) readValue(empty, elementOf(field, field.count - 1));
        } catch (error) {
          if (!(error instanceof HidReportError)) throw error;
        }
      }
    }
    seen.read += 1;
  } catch (error) {
    if (!(error instanceof HidDescriptorError)) throw error;
    if (error.offset > bytes.length) throw new RangeError('a fault beyond the end', { cause: error });
    seen.refused += 1;
  }
}

describe('report descriptors', () => {
  test.each([...kept])('%s of the corpus is read, or refused', (_, bytes) => {
    expect(() => readAll(bytes)).not.toThrow();
  });

  test('that come of those in the corpus by chance are read, or refused', () => {
    fuzz([...kept.values(), ...recorded()], 80, readAll);
    // Both were met: neither is everything refused, nor did nothing change.
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(100);
  });
});
