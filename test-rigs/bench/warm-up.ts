import * as protocol from '@jpd/protocol';
import { decodePayload, DecodeError, encodePayload, type Field } from '@jpd/protocol';

const isField = (value: unknown): value is Field<unknown> =>
  typeof value === 'object' && value !== null && 'decode' in value && 'encode' in value && 'layout' in value;

/** Every payload that the library declares. */
function everyPayload(): readonly Field<unknown>[] {
  const exported: readonly unknown[] = [...Object.values(protocol), ...protocol.verifiedWires.map(({ message }) => message)];
  return exported.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value).filter(isField) : []));
}

/**
 * Speaks every message many times. A program that knows one message only is faster than any real one: the engine then has only one shape to expect
 * wherever a field is called.
 */
export function meetEveryMessage(times = 400): void {
  const payload = new Uint8Array(57);
  for (let time = 0; time < times; time += 1) {
    for (const field of everyPayload()) {
      for (let index = 0; index < payload.length; index += 1) payload[index] = (time * 31 + index * 7) & 0x7f;
      try {
        encodePayload(field, decodePayload(field, payload));
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
      }
    }
  }
}
