import { z } from 'zod';
import { localPairingSchema } from './pairing.ts';
import { desiredSourceKinds, deviceFirmwareSchema, deviceSchema, firmwareErrorSchema, firmwarePendingReasons } from '../contract/index.ts';

/** Unix milliseconds. */
const timeSchema = z.number();

const promptSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ask'),
    version: z.string(),
    /** This time included: 1 or more. */
    postponementsLeft: z.int().min(1),
    postponeHours: z.number(),
    /** Unanswered until then, it counts as put off. */
    expiresAt: timeSchema,
    /** When it installs by itself at the latest, should it be put off every time. */
    installsAfter: timeSchema,
  }),
  z.object({ kind: z.literal('announce'), version: z.string(), startsAt: timeSchema }),
  z.object({ kind: z.literal('postponed'), version: z.string(), until: timeSchema, postponementsLeft: z.int().min(0) }),
]);

const activitySchema = z.object({
  phase: z.enum(['checking', 'transferring', 'verifying', 'installing', 'restoring']),
  /** Percent, in steps of 5. */
  progress: z.number(),
  startedAt: timeSchema,
});

const otherDeviceSchema = z.object({ deviceId: z.string(), name: z.string(), isConnected: z.boolean() });

const recoverySchema = z.discriminatedUnion('step', [
  z.object({ step: z.literal('prepare'), others: z.array(otherDeviceSchema) }),
  z.object({ step: z.literal('waiting'), reason: z.enum(firmwarePendingReasons).nullable() }),
  z.object({ step: z.literal('running'), ...activitySchema.shape }),
  z.object({ step: z.literal('complete'), version: z.string() }),
  z.object({ step: z.literal('failed'), error: firmwareErrorSchema }),
]);

/** The firmware of one device, as a user interface needs it. */
const firmwareViewSchema = z.object({
  deviceId: z.string(),
  firmware: deviceFirmwareSchema,
  /** What a person is asked or told, null where nothing is. */
  prompt: promptSchema.nullable(),
  /** Bytes; null where nothing is downloaded for it. */
  download: z.object({ done: z.number(), total: z.number() }).nullable(),
  activity: activitySchema.nullable(),
  isRecoverable: z.boolean(),
  recovery: recoverySchema.nullable(),
});

/** Where a device's settings come from, and whether they wait for a login. */
const desiredViewSchema = z.object({
  deviceId: z.string(),
  revision: z.number(),
  source: z.object({ kind: z.enum(desiredSourceKinds), id: z.string(), name: z.string() }),
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
  devices: z.array(deviceSchema),
  desired: z.array(desiredViewSchema),
  firmware: z.array(firmwareViewSchema),
  /** Null where no pairing is open. */
  pairing: localPairingSchema.nullable(),
});

export type LocalState = z.infer<typeof localStateSchema>;
