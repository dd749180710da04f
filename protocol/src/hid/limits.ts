/**
 * What a descriptor may ask of us. A descriptor comes from whatever is plugged in, so each figure that it states is checked before it costs memory.
 * All are far above real devices (a PanaCast 50: 343 bytes, depth 1, no push, 64-byte reports); Linux allows 4 KiB and 16 KiB reports.
 */
export const HID_LIMITS = {
  descriptorBytes: 16_384,
  /** One report without its id byte. */
  reportBits: 16_384 * 8,
  collectionDepth: 32,
  pushDepth: 32,
} as const;
