import { z } from 'zod';

export const sentGroups = ['device', 'computer', 'userName', 'location', 'app'] as const;

const entrySchema = z.object({
  /** Which start of the program sent it, and its place there. Together they name it. */
  run: z.number(),
  number: z.number(),
  /** RFC 3339, UTC. */
  at: z.string(),
  /** The host that it went to. */
  to: z.string(),
  kind: z.enum(['connect', 'presence', 'client', 'devices', 'events', 'results', 'diagnostics', 'enrolment']),
  topic: z.string().nullable(),
  bytes: z.number(),
  /** The other side has it; false: it may have left. */
  acknowledged: z.boolean(),
  /** The text as it left, null where it isn't kept. */
  payload: z.string().nullable(),
  note: z.string().nullable(),
  groups: z.array(z.enum(sentGroups)),
  /** One line, in English. */
  summary: z.string(),
});

/** What left this PC in the last 30 days, and what may leave it now. */
export const localSentSchema = z.object({
  /** Newest first, as many as were asked for. */
  entries: z.array(entrySchema),
  /** Of all 30 days. */
  total: z.number(),
  unreadable: z.number(),
  /** RFC 3339: before this something is missing. */
  incompleteBefore: z.string().nullable(),
  /** The groups that the policy opens at this moment. */
  gates: z.object({ userName: z.boolean(), computer: z.boolean(), location: z.boolean() }),
});

export type LocalSent = z.infer<typeof localSentSchema>;
