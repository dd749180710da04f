import type { HidMainFlags, HidReportKind } from './model.ts';

/** Bits of an Input, Output or Feature item's data: HID 1.11, 6.2.2.5. */
export const MAIN_FLAG = {
  constant: 0x001,
  variable: 0x002,
  relative: 0x004,
  wrap: 0x008,
  nonLinear: 0x010,
  noPreferred: 0x020,
  nullState: 0x040,
  volatile: 0x080,
  bufferedBytes: 0x100,
} as const;

export function decodeMainFlags(kind: HidReportKind, data: number): HidMainFlags {
  return {
    isArray: (data & MAIN_FLAG.variable) === 0,
    isConstant: (data & MAIN_FLAG.constant) !== 0,
    isRelative: (data & MAIN_FLAG.relative) !== 0,
    wrap: (data & MAIN_FLAG.wrap) !== 0,
    nonLinear: (data & MAIN_FLAG.nonLinear) !== 0,
    noPreferred: (data & MAIN_FLAG.noPreferred) !== 0,
    nullState: (data & MAIN_FLAG.nullState) !== 0,
    volatile: kind !== 'input' && (data & MAIN_FLAG.volatile) !== 0,
    bufferedBytes: (data & MAIN_FLAG.bufferedBytes) !== 0,
  };
}
