import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from './cursor.ts';
import { DecodeError } from './errors.ts';

describe('a reader', () => {
  test('reads in order, within its bounds', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3, 4, 5), 1, 4);
    expect(reader.remaining).toBe(3);
    expect(reader.u8()).toBe(2);
    expect([...reader.take(2)]).toEqual([3, 4]);
    expect(reader.remaining).toBe(0);
    expect(() => reader.u8()).toThrow(expect.objectContaining({ code: 'truncated', message: 'byte 4 is missing' }));
    expect(() => reader.take(1)).toThrow(expect.objectContaining({ code: 'truncated', message: '1 bytes wanted at 4, 0 there' }));
  });

  test('takes copies, which outlive the report', () => {
    const report = Uint8Array.of(1, 2);
    const taken = new ByteReader(report).take(2);
    report.fill(9);
    expect([...taken]).toEqual([1, 2]);

    const buffer = Buffer.from([1, 2]);
    const fromBuffer = new ByteReader(buffer).take(2);
    buffer.fill(9);
    expect([...fromBuffer]).toEqual([1, 2]);
  });

  test('stays where it was when it cannot take that many', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2));
    expect(() => reader.take(3)).toThrow(DecodeError);
    expect(reader.u8()).toBe(1);
  });
});

describe('a writer', () => {
  test('writes in order and never beyond its buffer', () => {
    const writer = new ByteWriter(new Uint8Array(3));
    writer.u8(1);
    writer.put(Uint8Array.of(2, 3));
    expect([...writer.bytes]).toEqual([1, 2, 3]);
    expect(() => {
      writer.u8(4);
    }).toThrow(expect.objectContaining({ name: 'DecodeError', code: 'too-long', message: 'more than 3 bytes' }));
    expect(() => {
      writer.put(Uint8Array.of(4));
    }).toThrow(expect.objectContaining({ name: 'DecodeError', code: 'too-long', message: 'more than 3 bytes' }));
  });
});
