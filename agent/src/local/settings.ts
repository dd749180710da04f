import { z } from 'zod';
import { desiredSourceKinds, settingErrorCodes, settingValueSchema } from '../contract/index.ts';
import { timeSchema } from './time.ts';

/** Whose word something is. */
export const sourceSchema = z.object({ kind: z.enum(desiredSourceKinds), id: z.string(), name: z.string() });

/** How a person may change a setting: from what the device takes, never a free number. */
const controlSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('switch') }),
  z.object({ kind: z.literal('slider'), values: z.array(z.number()).min(2) }),
  z.object({ kind: z.literal('choice'), values: z.array(settingValueSchema).min(1) }),
  z.object({ kind: z.literal('text'), maxLength: z.int().min(1) }),
  z.object({ kind: z.literal('none') }),
]);

const settingRowSchema = z.object({
  key: z.string(),
  /** What the device holds; null where it does not have it. */
  value: settingValueSchema.nullable(),
  control: controlSchema,
  isLocked: z.boolean(),
  /** Of what waits, else of what holds; null where nobody but the user decides. */
  source: sourceSchema.nullable(),
  /** Since when it is wanted so. */
  since: timeSchema.nullable(),
  waiting: z.object({ value: settingValueSchema, until: z.enum(['next-login', 'device']), receivedAt: timeSchema }).nullable(),
  problem: z.object({ code: z.enum(settingErrorCodes), wanted: settingValueSchema.nullable() }).nullable(),
  /** A locked value was set back in the last 24 hours. */
  enforcedAt: timeSchema.nullable(),
  /** It was put back in the last 24 hours, after the device had been away. */
  putBackAt: timeSchema.nullable(),
});

/** The settings of one device: all that it holds, and all that somebody wants of it. */
export const deviceSettingsSchema = z.object({ deviceId: z.string(), rows: z.array(settingRowSchema) });
