import { describe, expect, it } from 'vitest';
import { payloadExamples } from '../../contract/index.ts';
import type { Json } from '../../ports/index.ts';
import { parseDesiredRecord, parseDeviceRecord } from './record.ts';

const stored = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
const applied = { revision: 7, settings: { sidetoneLevel: { value: 3, locked: true } } };

describe('a device’s record', () => {
  it('comes back from the store as it went there', () => {
    const record = { document: payloadExamples.devices, applied };
    expect(parseDeviceRecord(stored(record))).toEqual(record);
    expect(parseDeviceRecord(stored({ ...record, applied: null }))).toEqual({ ...record, applied: null });
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['a list', []],
    ['without a revision', { settings: applied.settings }],
    ['with settings that are none', { ...applied, settings: { sidetoneLevel: 3 } }],
    ['with a revision in words', { ...applied, revision: '7' }],
  ])('without what was applied goes on without it: %s', (_, damaged) => {
    expect(parseDeviceRecord(stored({ document: payloadExamples.devices, applied: damaged }))).toEqual({
      document: payloadExamples.devices,
      applied: null,
    });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['text', 'record'],
    ['a list', [payloadExamples.devices]],
    ['no document', { applied }],
    ['a document of another major version', { document: { ...payloadExamples.devices, schema: 'device/2' }, applied }],
    ['a document that breaks the contract', { document: { ...payloadExamples.devices, electronicSerialNumber: '' }, applied }],
  ])('is refused where it is %s', (_, json) => {
    expect(parseDeviceRecord(stored(json))).toBeNull();
  });
});

describe('a desired document’s record', () => {
  it('comes back from the store as it went there', () => {
    const record = { document: payloadExamples.desired, waitsForLogin: 'login-1' };
    expect(parseDesiredRecord(stored(record))).toEqual(record);
    expect(parseDesiredRecord(stored({ ...record, waitsForLogin: null }))).toEqual({ ...record, waitsForLogin: null });
  });

  it('waits for nothing where it doesn’t say for what', () => {
    expect(parseDesiredRecord(stored({ document: payloadExamples.desired }))?.waitsForLogin).toBeNull();
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['no document', { waitsForLogin: null }],
    ['a document without a source', { document: { ...payloadExamples.desired, source: undefined }, waitsForLogin: null }],
  ])('is refused where it is %s', (_, json) => {
    expect(parseDesiredRecord(stored(json))).toBeNull();
  });
});
