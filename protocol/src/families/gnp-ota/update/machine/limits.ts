/**
 * Times and caps of an update. Times are fwupd's (facts E7): it listens three times for 1 s with 100 ms in between before it gives an answer up, and sends
 * what is no question only once. The caps are ours; fwupd has none for blocks.
 */
export const updateLimits = {
  /** Answers to what must not be sent twice, and acknowledgements of blocks. */
  answerMs: 3200,
  eraseMs: 60_000,
  verifyMs: 30_000,
  /** Until a restarting device is gone. */
  removeMs: 10_000,
  /** Until it is back. */
  attachMs: 45_000,
  /** Between two looks for it where nothing tells of a change. */
  lookMs: 1000,
  /** How often blocks are sent again without the device getting further. */
  blockTries: 5,
  /** How often everything is done at most because something was refused, unanswered or damaged. */
  attempts: 3,
  /** How often because the device was lost. */
  connections: 3,
} as const;
