import { z } from 'zod';
import { deviceSchema } from '../contract/index.ts';
import { firmwareViewSchema } from './firmware.ts';
import { localPairingSchema } from './pairing.ts';
import { deviceSettingsSchema, sourceSchema } from './settings.ts';
import { policySchema, statusSchema } from './status.ts';

/** Where a device's settings come from, and whether they wait for a login. */
const desiredViewSchema = z.object({
  deviceId: z.string(),
  revision: z.number(),
  source: sourceSchema,
  waitsForLogin: z.boolean(),
});

/** What the agent's user interface shows, all of it. */
export const localStateSchema = z.object({
  clientId: z.string(),
  organizationId: z.string(),
  /** Null until a policy names it. */
  organizationName: z.string().nullable(),
  clientName: z.string().nullable(),
  version: z.string(),
  revoked: z.boolean(),
  status: statusSchema,
  policy: policySchema,
  /** A device is in a call, as far as anybody knows. */
  inCall: z.boolean(),
  devices: z.array(deviceSchema),
  desired: z.array(desiredViewSchema),
  /** One entry a device. */
  settings: z.array(deviceSettingsSchema),
  /** One entry a device; none where this agent installs no firmware. */
  firmware: z.array(firmwareViewSchema),
  /** Null where no pairing is open. */
  pairing: localPairingSchema.nullable(),
});

export type LocalState = z.infer<typeof localStateSchema>;
