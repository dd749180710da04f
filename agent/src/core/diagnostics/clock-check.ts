import { timestamp } from '../../contract/index.ts';
import { failed, type Judgement, ok, warning } from './check.ts';

/** No program of this project ran before. */
const earliest = Date.parse('2026-01-01T00:00:00Z');
/** Nor does one run unchanged for so long. */
const latest = Date.parse('2100-01-01T00:00:00Z');
/** A platform's clock may be a little ahead of this one. */
const tolerance = 5 * 60_000;

const remedy = 'set the clock, and let the system synchronise it over the network';

/** `known` are times, Unix milliseconds, that were written or received before; none of them can lie ahead. */
export function judgeClock(now: number, known: readonly number[]): Judgement {
  if (now < earliest || now >= latest) return failed(`the clock says ${timestamp(now)}, which cannot be: certificates are judged by it`, remedy);
  const newest = known.filter((time) => Number.isFinite(time)).reduce((a, b) => Math.max(a, b), 0);
  if (newest > now + tolerance) return warning(`the clock says ${timestamp(now)}, but ${timestamp(newest)} was seen already`, remedy);
  return ok(timestamp(now));
}
