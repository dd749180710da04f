import { isId } from '@jpd/agent/contract';
import { z } from 'zod';

export const idSchema = z.string().refine(isId, { error: 'must match [A-Za-z0-9_-]{1,64}' });
export const deviceParams = z.object({ deviceId: idSchema });
export const clientParams = z.object({ clientId: idSchema });

/** No parameters, or no query. */
export const nothing = z.strictObject({});
/** No body, which Fastify gives as undefined or null. */
export const noBody = z.union([z.undefined(), z.null(), z.strictObject({})]);

export function limitSchema(preset: number, most: number) {
  return z.coerce.number().int().min(1).max(most).default(preset);
}

/** A long poll; proxies tend to cut at 60 s. */
export const waitSecondsSchema = z.coerce.number().min(0).max(55).default(0);

/** Text for people: something, on one line. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'must not have control characters' });
