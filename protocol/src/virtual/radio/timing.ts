/** How fast a virtual radio is, in milliseconds. All of it is made up: only what happens is known, not how fast. */
export const radioTiming = {
  /** From the start of a search, or from entering pairing mode during one, to the first headset; each further one takes as long again. */
  foundMs: 800,
  /** From a headset's address to its name. */
  nameMs: 700,
  connectMs: 1200,
  pairMs: 2000,
  disconnectMs: 200,
  /** How long a dongle that was plugged in waits for a headset that it knows, before it pairs by itself. */
  autoPairMs: 3000,
} as const;
