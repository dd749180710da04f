import type { FirmwareActivity } from '../../bridge/index.ts';

/** What is said of the time left, in whole minutes. */
export type TimeLeft = { readonly kind: 'working' } | { readonly kind: 'minutes'; readonly minutes: number } | { readonly kind: 'under-a-minute' };

const workingOutMs = 10_000;
/** An estimate that swings by less than this is the same estimate. */
const slackSeconds = 15;

/**
 * From the bytes that the device acknowledged: nothing for the first 10 s, then the measured rate, rounded up to whole minutes.
 * What was shown before grows only where the rest can no longer be done in it.
 * @param now Unix milliseconds
 */
export function timeLeft(activity: FirmwareActivity, now: number, shown: TimeLeft | null): TimeLeft {
  const seconds = secondsLeft(activity, now);
  if (seconds === null) return { kind: 'working' };
  if (seconds < 60 && !isLess(shown)) return { kind: 'under-a-minute' };
  if (isLess(shown)) return seconds < 60 + slackSeconds ? { kind: 'under-a-minute' } : { kind: 'minutes', minutes: Math.ceil(seconds / 60) };
  const minutes = Math.ceil(seconds / 60);
  if (shown?.kind === 'minutes' && minutes > shown.minutes && seconds <= shown.minutes * 60 + slackSeconds) return shown;
  return { kind: 'minutes', minutes };
}

const isLess = (shown: TimeLeft | null) => shown?.kind === 'under-a-minute';

function secondsLeft({ phase, sent, secondsAfterSending }: FirmwareActivity, now: number): number | null {
  if (phase === 'verifying' || phase === 'installing' || phase === 'restoring') return secondsAfterSending;
  if (!sent || now - sent.since < workingOutMs) return null;
  const rate = ((sent.done - sent.doneThen) / (now - sent.since)) * 1000;
  return rate > 0 ? (sent.total - sent.done) / rate + secondsAfterSending : null;
}
