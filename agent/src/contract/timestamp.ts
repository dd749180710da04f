import { z } from 'zod';

/** Sent with exactly three fraction digits and `Z`; read with any number of them, since another sender's clock library may trim zeros. */
const shape = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:Z|\+00:00)$/;

function isInstant(text: string): boolean {
  const seconds = shape.exec(text)?.[1];
  if (seconds === undefined) return false;
  const parsed = Date.parse(`${seconds}Z`);
  // Engines roll 30 February over into March: only what prints back the same is a real date.
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(seconds);
}

/** RFC 3339 in UTC (contract 2). The value stays text; `timestampMs` reads it. */
export const timestampSchema = z
  .string()
  .regex(shape, { error: 'must be an RFC 3339 time in UTC', abort: true })
  .refine(isInstant, { error: 'must be a time that exists' })
  .meta({ format: 'date-time' });

/**
 * The contract's text for an instant, always with milliseconds.
 * @param ms Unix milliseconds
 * @throws RangeError outside of the years that Date holds
 */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}

/** Unix milliseconds of a text that `timestampSchema` accepted; NaN for any other text. */
export function timestampMs(text: string): number {
  return isInstant(text) ? Date.parse(text) : Number.NaN;
}
