import { z } from 'zod';
import { settingValueSchema, sourceSchema, timeSchema } from './common.ts';

export const settingErrorCodes = [
  'unknown-setting',
  'invalid-value',
  'not-supported',
  'device-timeout',
  'device-rejected',
  'firmware-unsupported',
  'lock-contested',
] as const;

/** How a person may change it: what the device takes, never a free number. */
const controlSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('switch') }),
  z.object({ kind: z.literal('slider'), values: z.array(z.number()).min(2) }),
  z.object({ kind: z.literal('choice'), values: z.array(settingValueSchema).min(1) }),
  z.object({ kind: z.literal('text'), maxLength: z.int().min(1) }),
  z.object({ kind: z.literal('none') }),
]);

/** One setting of one device. */
export const settingRowSchema = z.object({
  key: z.string(),
  /** What the device holds; null where it does not have it. */
  value: settingValueSchema.nullable(),
  control: controlSchema,
  isLocked: z.boolean(),
  /** Null where nobody but the user decides. */
  source: sourceSchema.nullable(),
  since: timeSchema.nullable(),
  waiting: z.object({ value: settingValueSchema, until: z.enum(['next-login', 'device']), receivedAt: timeSchema }).nullable(),
  problem: z.object({ code: z.enum(settingErrorCodes), wanted: settingValueSchema.nullable() }).nullable(),
  /** The agent set a locked value back, in the last 24 hours. */
  enforcedAt: timeSchema.nullable(),
  /** It came back after the device had lost it. */
  putBackAt: timeSchema.nullable(),
});

export type SettingRow = z.infer<typeof settingRowSchema>;
export type SettingControl = z.infer<typeof controlSchema>;
export type SettingErrorCode = (typeof settingErrorCodes)[number];
