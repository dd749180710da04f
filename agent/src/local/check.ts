import { z } from 'zod';

/** What "Check this PC" found, one line a check; what nobody looks at is left out. */
export const localCheckSchema = z.object({
  /** Unix milliseconds. */
  at: z.number(),
  checks: z.array(
    z.object({
      id: z.enum(['setup', 'devices', 'platform', 'signed-in', 'rivals']),
      isGood: z.boolean(),
      /** A name that belongs into the sentence. */
      subject: z.string().nullable(),
    }),
  ),
});

export type LocalCheck = z.infer<typeof localCheckSchema>;
