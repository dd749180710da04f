/** How long an update by file may take, in milliseconds; what fwupd jabra-file names is marked with its name. */
export const fileUpdateTiming = {
  /** Until a block that wants an ACK must have it (fwupd asks three times within about 3 s). */
  acknowledgeMs: 5000,
  /** Between two looks at a device that is busy. */
  pollMs: 2000,
  /** How long it may stay busy. */
  busyMs: 300_000,
  /** Before another attempt. */
  retryMs: 1000,
  /** How long an unplugged device is waited for (fwupd: remove delay of 120 s). */
  returnMs: 120_000,
  /** How long it may install (fwupd: 900 s); then it has as long as an unplugged one to come back. */
  installMs: 900_000,
  /** How long a device that came back with its old version may change its mind. */
  lingerMs: 30_000,
  /** Longest pause without a look at what is plugged, in case nobody tells of a change. */
  lookMs: 10_000,
} as const;

/** How often the file is sent at most, interruptions of every kind counted. */
export const maxAttempts = 3;
/** Acknowledgements that may be missing in a row: one alone may be lost, a device that says nothing twice is not listening. */
export const maxUnacknowledged = 2;
/** How often a device may come back from installing. */
export const maxReturns = 10;
