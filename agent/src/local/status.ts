import { z } from 'zod';
import { endUserSettingsModes } from '../contract/index.ts';
import { timeSchema } from './time.ts';

const meter = z.object({ used: z.number().min(0), limit: z.number().positive() });

/** How this PC stands with the platform. */
export const statusSchema = z.object({
  connection: z.enum(['connected', 'not-connected', 'not-authorised', 'revoked', 'not-set-up']),
  host: z.string(),
  isEncrypted: z.boolean(),
  /** When something was last heard, over restarts to some minutes. */
  lastContactAt: timeSchema.nullable(),
  /** Null while there is a connection, or an attempt is under way. */
  nextTryAt: timeSchema.nullable(),
  /** When this PC was told. */
  revokedAt: timeSchema.nullable(),
  /** Messages that wait on this PC. */
  queued: z.int().min(0),
  /** Bytes, percent of one processor, bytes, each against its budget; null where nobody measures them. */
  usage: z.object({ memory: meter, processor: meter, network: meter }).nullable(),
  /** Other programs that manage the same devices; null where nobody looks for them. */
  rivals: z.array(z.string()).nullable(),
});

/** The rules that a person sees the effect of. */
export const policySchema = z.object({
  endUserSettings: z.enum(endUserSettingsModes),
  allowQuit: z.boolean(),
  metadata: z.object({ userName: z.boolean(), computer: z.boolean(), location: z.boolean() }),
  /** Local time of day, HH:MM. */
  updateWindow: z.object({ start: z.string(), end: z.string() }).nullable(),
});
