import { z } from 'zod';
import { timeSchema } from './common.ts';

export const sentGroups = ['device', 'computer', 'userName', 'location', 'app', 'diagnostics'] as const;
export const sentSubjects = ['presence', 'client', 'device', 'battery', 'firmware', 'settings', 'event', 'result', 'diagnostics'] as const;

/** One message, written down from the bytes that the broker took. */
export const sentEntrySchema = z.object({
  id: z.string(),
  at: timeSchema,
  groups: z.array(z.enum(sentGroups)).min(1),
  subject: z.enum(sentSubjects),
  /** Name of the device it is about. */
  device: z.string().nullable(),
  /** Names and values of the message, for people. */
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
});

export type SentEntry = z.infer<typeof sentEntrySchema>;
export type SentGroup = (typeof sentGroups)[number];
export type SentSubject = (typeof sentSubjects)[number];
