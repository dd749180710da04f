import { z } from 'zod';

export const languages = ['en', 'da', 'de', 'fr', 'es', 'ja'] as const;
export type Language = (typeof languages)[number];

/** What one user chose for this app. */
export const preferencesSchema = z.object({
  /** `system`: the first of the system's languages that the app speaks. */
  language: z.enum(['system', ...languages]),
  batteryNotice: z.boolean(),
  /** The first-run card was read. */
  hasSeenFirstRun: z.boolean(),
});

export type Preferences = z.infer<typeof preferencesSchema>;
