import { z } from 'zod';

import { revisionSchema } from './common.ts';
import { envelope } from './envelope.ts';

export const applySettingsModes = ['next-login', 'immediately'] as const;
export const endUserSettingsModes = ['allowed', 'hidden'] as const;
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;

const timeOfDaySchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day, 00:00 to 23:59' });

/** In the PC's local time; over midnight where `end` is before `start`, all day where they are equal, every day without `days`. */
const updateWindowSchema = z.object({
  start: timeOfDaySchema,
  end: timeOfDaySchema,
  days: z.array(z.enum(weekdays)).exactOptional(),
});

/** policy/1: what the organisation allows. `postponeHours` and `allowQuit` are filled in on receipt. */
export const policySchema = z.object({
  ...envelope('policy/1'),
  revision: revisionSchema,
  organizationName: z.string().exactOptional(),
  metadata: z.object({ userName: z.boolean(), computer: z.boolean(), location: z.boolean() }),
  applySettings: z.enum(applySettingsModes),
  endUserSettings: z.enum(endUserSettingsModes),
  updateWindow: updateWindowSchema.exactOptional(),
  postponeLimit: z.int().min(0),
  postponeHours: z.number().positive().default(24),
  allowQuit: z.boolean().default(true),
  logLevel: z.enum(logLevels),
  revoked: z.boolean(),
});

export type Policy = z.infer<typeof policySchema>;
/** What a policy rules, without what only identifies the document. */
export type PolicyRules = Omit<Policy, 'schema' | 'sentAt' | 'revision' | 'organizationName'>;
export type UpdateWindow = z.infer<typeof updateWindowSchema>;
export type Weekday = (typeof weekdays)[number];
export type PolicyLogLevel = Policy['logLevel'];

/** Rules until a policy was ever received (contract 4). It has no revision: the first policy wins whatever its own is. */
export const defaultPolicy: PolicyRules = {
  metadata: { userName: false, computer: false, location: false },
  applySettings: 'next-login',
  endUserSettings: 'allowed',
  postponeLimit: 3,
  postponeHours: 24,
  allowQuit: true,
  logLevel: 'info',
  revoked: false,
};
