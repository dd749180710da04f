/** The day of the situations: Tuesday 24 November 2026, 10:42 UTC. */
export const situationTime = Date.UTC(2026, 10, 24, 10, 42, 0);

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Moments that situations speak of. */
export const at = {
  now: situationTime,
  checkedToday: situationTime - 90 * minute,
  signInReceived: Date.UTC(2026, 10, 24, 9, 12),
  lastContact: Date.UTC(2026, 10, 24, 10, 40),
  yesterday: Date.UTC(2026, 10, 23, 17, 58),
  friday: Date.UTC(2026, 10, 20, 17, 42),
  tomorrow: situationTime + day,
  inTwoDays: situationTime + 2 * day,
  lockedSince: Date.UTC(2026, 10, 12, 8, 0),
  enforced: Date.UTC(2026, 10, 24, 10, 31),
  revoked: Date.UTC(2026, 10, 24, 8, 30),
  nextTry: situationTime + 13 * minute,
  updateStarted: situationTime - 3 * minute,
} as const;
