import { z } from 'zod';
import type { SentRecord } from '../../ports/sent-log.ts';

const kinds = ['connect', 'presence', 'client', 'devices', 'events', 'results', 'diagnostics', 'enrolment'] as const;

const recordSchema = z.object({
  run: z.number(),
  number: z.number(),
  at: z.iso.datetime(),
  to: z.string(),
  kind: z.enum(kinds),
  topic: z.string().nullable(),
  bytes: z.number(),
  acknowledged: z.boolean(),
  payload: z.string().nullable(),
  note: z.string().nullable(),
}) satisfies z.ZodType<SentRecord>;

/** Said where entries are missing: those before this time. */
const gapSchema = z.object({ incompleteBefore: z.iso.datetime() });

export type Line = { readonly record: SentRecord } | { readonly incompleteBefore: string };

export const recordLine = (record: SentRecord): string => `${JSON.stringify(record)}\n`;
export const gapLine = (before: number): string => `${JSON.stringify({ incompleteBefore: new Date(before).toISOString() })}\n`;

/** Null where a line can't be read. */
export function parseLine(text: string): Line | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const record = recordSchema.safeParse(json);
  if (record.success) return { record: record.data };
  return gapSchema.safeParse(json).data ?? null;
}
