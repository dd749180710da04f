import { z } from 'zod';
import { sourceSchema, timeSchema } from './common.ts';

export const firmwareStatuses = ['unknown', 'unmanaged', 'latest', 'available', 'pending', 'postponed', 'updating', 'failed'] as const;
export const firmwareReasons = ['downloading', 'in-call', 'battery-low', 'outside-window', 'disconnected', 'busy', 'postponed-by-user'] as const;
export const firmwareErrorCodes = [
  'wrong-device',
  'hash-mismatch',
  'size-mismatch',
  'package-invalid',
  'download-failed',
  'downgrade-refused',
  'device-error',
  'interrupted',
] as const;
export const firmwarePhases = ['checking', 'transferring', 'verifying', 'installing', 'restoring'] as const;

const errorSchema = z.object({ code: z.enum(firmwareErrorCodes), message: z.string() });

const promptSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ask'),
    /** This time included. */
    postponementsLeft: z.int().min(1),
    postponeHours: z.number(),
    /** When it installs by itself at the latest, should it be put off every time. */
    installsAfter: timeSchema,
  }),
  z.object({ kind: z.literal('announce'), startsAt: timeSchema, postponedTimes: z.int().min(0) }),
  z.object({ kind: z.literal('postponed'), until: timeSchema, postponementsLeft: z.int().min(0) }),
]);

/** What a device does right now, and what the time left is worked out from. */
const activitySchema = z.object({
  phase: z.enum(firmwarePhases),
  /** Percent that the device acknowledged. */
  progress: z.number().min(0).max(100),
  startedAt: timeSchema,
  /** Bytes that the device acknowledged, null before the first is sent. */
  sent: z.object({ done: z.number(), total: z.number(), since: timeSchema, doneThen: z.number() }).nullable(),
  /** Usual seconds from the last byte to the new version answering. */
  secondsAfterSending: z.number(),
});

const recoverySchema = z.discriminatedUnion('step', [
  z.object({ step: z.literal('prepare'), others: z.array(z.object({ deviceId: z.string(), name: z.string(), isConnected: z.boolean() })) }),
  z.object({ step: z.literal('waiting'), reason: z.enum(firmwareReasons).nullable() }),
  z.object({ step: z.literal('running'), ...activitySchema.shape, version: z.string() }),
  z.object({ step: z.literal('complete'), version: z.string(), unplugged: z.array(z.string()) }),
  z.object({ step: z.literal('failed'), error: errorSchema, minutes: z.number() }),
]);

/** The firmware of one device: the contract's part of `device/1`, and what only this PC knows. */
export const firmwareViewSchema = z.object({
  status: z.enum(firmwareStatuses),
  version: z.string().nullable(),
  targetVersion: z.string().nullable(),
  reason: z.enum(firmwareReasons).nullable(),
  error: errorSchema.nullable(),
  checkedAt: timeSchema.nullable(),
  prompt: promptSchema.nullable(),
  /** Bytes of the package. */
  packageBytes: z.number().nullable(),
  download: z.object({ done: z.number(), total: z.number() }).nullable(),
  /** Size divided by the transport's usual rate; null where the package is not here. */
  usualMinutes: z.number().nullable(),
  activity: activitySchema.nullable(),
  /** Bytes were sent before the device went away. */
  hasBegun: z.boolean(),
  /** It failed, and a recovery is of use. */
  isRecoverable: z.boolean(),
  /** It answers with its version: whatever failed, it works. Else it sits in its boot loader, or is away. */
  isUsable: z.boolean(),
  /** Percent where the last try ended. */
  stoppedAt: z.number().nullable(),
  lastTry: z.object({ startedAt: timeSchema, endedAt: timeSchema, version: z.string() }).nullable(),
  /** The platform acknowledged the failure. */
  isFailureKnown: z.boolean(),
  recovery: recoverySchema.nullable(),
  decidedBy: sourceSchema.nullable(),
  keptUpdated: z.boolean(),
});

export type FirmwareView = z.infer<typeof firmwareViewSchema>;
export type FirmwareStatus = FirmwareView['status'];
export type FirmwareReason = (typeof firmwareReasons)[number];
export type FirmwareErrorCode = (typeof firmwareErrorCodes)[number];
export type FirmwareActivity = z.infer<typeof activitySchema>;
export type FirmwarePhase = FirmwareActivity['phase'];
export type Recovery = z.infer<typeof recoverySchema>;
