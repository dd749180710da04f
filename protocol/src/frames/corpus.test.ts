import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DecodeError } from '../bytes/index.ts';
import { corpusEntry, fuzz } from '../bytes/testing/corpus.ts';
import { gnpReportLength } from './layout.ts';
import { decodePacket, encodePacket } from './packet.ts';
import { PacketView } from './packet-view.ts';

/** A file is added for every input that once broke the parser. */
const folder = new URL('corpus/', import.meta.url);
const kept = new Map(readdirSync(folder).map((name) => [name, corpusEntry(readFileSync(new URL(name, folder), 'utf8'))]));
const view = new PacketView();
const seen = { packets: 0, refused: 0 };

/** Reads a report both ways, and writes again what it read. */
function read(report: Uint8Array): void {
  try {
    const packet = decodePacket(report);
    view.read(report);
    if (view.payload.remaining !== packet.payload.length) throw new RangeError('packet and view differ');
    const again = encodePacket(packet);
    const length = Math.min(report[4] === undefined ? 0 : 1 + (report[4] & 0x3f), gnpReportLength);
    if (again.subarray(0, length).some((byte, index) => byte !== report[index])) throw new RangeError('it is written otherwise than it was read');
    seen.packets += 1;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    seen.refused += 1;
  }
}

describe('reports', () => {
  test.each([...kept])('%s of the corpus is a packet, or refused', (_, report) => {
    expect(() => read(report)).not.toThrow();
  });

  test('that come of those in the corpus by chance are packets, or refused', () => {
    fuzz(kept.values(), 500, read);
    expect(Math.min(seen.packets, seen.refused)).toBeGreaterThan(100);
  });
});
