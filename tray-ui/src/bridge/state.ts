import { z } from 'zod';
import { deviceViewSchema } from './device.ts';
import { pairingSchema } from './pairing.ts';
import { preferencesSchema } from './preferences.ts';
import { agentSchema, policySchema, statusSchema } from './status.ts';

/** All that a window shows, at one moment. */
export const stateSchema = z.object({
  version: z.string(),
  agent: agentSchema,
  status: statusSchema,
  policy: policySchema,
  preferences: preferencesSchema,
  devices: z.array(deviceViewSchema),
  /** Null where no pairing dialog is open. */
  pairing: pairingSchema.nullable(),
});

export type AppState = z.infer<typeof stateSchema>;
