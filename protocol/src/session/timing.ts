/** Time-outs and retries in milliseconds (facts E7, fwupd jabra-gnp). */
export interface Timing {
  /** Until a report must have left. */
  readonly sendMs: number;
  /** Until the reply must be there. */
  readonly receiveMs: number;
  /** How often a request without an answer is sent in all. */
  readonly attempts: number;
  /** Between two attempts. */
  readonly retryDelayMs: number;
}

export const defaultTiming: Timing = { sendMs: 3000, receiveMs: 1000, attempts: 3, retryDelayMs: 100 };
/** For what takes a device long (facts E7). */
export const longReceiveMs = 30_000;
/** For erasing flash (facts E7). */
export const extraLongReceiveMs = 60_000;
