import { struct, u8 } from '@jpd/protocol';
import { decode, u16 } from './fields.ts';

/** Standard requests of USB 2.0, table 9-4. */
export const standardRequest = {
  getStatus: 0,
  clearFeature: 1,
  setFeature: 3,
  getDescriptor: 6,
  getConfiguration: 8,
  setConfiguration: 9,
  getInterface: 10,
  setInterface: 11,
} as const;

/** A control request: USB 2.0, 9.3. */
export interface Setup {
  readonly direction: 'in' | 'out';
  readonly type: 'standard' | 'class' | 'vendor' | 'reserved';
  readonly recipient: 'device' | 'interface' | 'endpoint' | 'other';
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
}

const fields = struct({ kind: u8(), request: u8(), value: u16(), index: u16(), length: u16() });

const types = ['standard', 'class', 'vendor', 'reserved'] as const;
const recipients = ['device', 'interface', 'endpoint'] as const;

/** Reads the eight bytes of a setup stage. Throws `DecodeError` for fewer. */
export function decodeSetup(bytes: Uint8Array): Setup {
  const { kind, ...rest } = decode(fields, bytes);
  return {
    ...rest,
    direction: (kind & 0x80) === 0 ? 'out' : 'in',
    type: types[(kind >> 5) & 3] ?? 'reserved',
    recipient: recipients[kind & 0x1f] ?? 'other',
  };
}
