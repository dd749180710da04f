import { z } from 'zod';
import { timeSchema } from './common.ts';

export const checkIds = ['setup', 'devices', 'platform', 'signed-in', 'rivals'] as const;

/** What "Check this PC" found: one line a check. */
export const checkReportSchema = z.object({
  at: timeSchema,
  checks: z.array(z.object({ id: z.enum(checkIds), isGood: z.boolean(), subject: z.string().nullable() })),
});

export const licenceSchema = z.object({ name: z.string(), version: z.string(), licence: z.string(), text: z.string() });

export type CheckReport = z.infer<typeof checkReportSchema>;
export type CheckId = (typeof checkIds)[number];
export type Licence = z.infer<typeof licenceSchema>;
