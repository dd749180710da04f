/** A longer wait is a mistake of the server, and one past 2^31 ms would overflow a timer and be none at all. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/**
 * Milliseconds to wait, from an HTTP Retry-After header (RFC 9110 10.2.3: whole seconds, or a date) or the MQTT 5 user property
 * `retry-after`, which takes the same two forms; null where there is none or it makes no sense. Never above a day.
 */
export function parseRetryAfter(value: unknown, now: number): number | null {
  const text: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof text !== 'string') return null;
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Math.min(Number(trimmed) * 1000, LONGEST_WAIT_MS);
  if (!/^[A-Za-z]{3}, .* GMT$/.test(trimmed)) return null;
  const at = Date.parse(trimmed);
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now, 0), LONGEST_WAIT_MS);
}
