import { z } from 'zod';

import { uuidSchema } from './common.ts';
import { envelope } from './envelope.ts';

export const presenceStates = ['online', 'offline'] as const;
export const presenceReasons = ['connected', 'shutdown', 'connection-lost', 'sleep', 'revoked'] as const;

/** presence/1: whether the agent is connected; `connection-lost` is its will. */
export const presenceSchema = z.object({
  ...envelope('presence/1'),
  state: z.enum(presenceStates),
  reason: z.enum(presenceReasons),
  /** New at every start of the agent. */
  sessionId: uuidSchema,
});

export type Presence = z.infer<typeof presenceSchema>;
export type PresenceState = Presence['state'];
export type PresenceReason = Presence['reason'];
