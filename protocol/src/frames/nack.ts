/** What a device meant by a refusal. Only observed values have a meaning (facts E6); the vendor's own map is not public. */
export type NackReason = 'no-child' | 'no-device-at-address' | 'unknown-command' | 'file-not-found' | 'unknown-subcommand' | 'other';

const reasons: Readonly<Record<number, NackReason>> = {
  // fwupd treats both alike: nothing reachable behind the dongle.
  0xf3: 'no-child',
  0xf4: 'no-child',
  0xf5: 'no-device-at-address',
  0xf6: 'unknown-command',
  0xf7: 'file-not-found',
  0xff: 'unknown-subcommand',
};

/** Reason byte (byte 6 of a NACK) to its meaning. */
export function nackReason(byte: number): NackReason {
  return reasons[byte] ?? 'other';
}
