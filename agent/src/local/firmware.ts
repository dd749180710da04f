import { z } from 'zod';
import { deviceFirmwareSchema, firmwareErrorSchema, firmwarePendingReasons } from '../contract/index.ts';
import { sourceSchema } from './settings.ts';
import { timeSchema } from './time.ts';

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
  z.object({ kind: z.literal('announce'), version: z.string(), startsAt: timeSchema, postponedTimes: z.int().min(0) }),
  z.object({ kind: z.literal('postponed'), version: z.string(), until: timeSchema, postponementsLeft: z.int().min(0) }),
]);

const activitySchema = z.object({
  phase: z.enum(['checking', 'transferring', 'verifying', 'installing', 'restoring']),
  /** Percent, in steps of 5. */
  progress: z.number().min(0).max(100),
  startedAt: timeSchema,
  /** What is being installed. */
  version: z.string(),
  /** Bytes that the device acknowledged, told once a second and with each step of `progress`, and since when at which count; null before the first. */
  sent: z.object({ done: z.number(), total: z.number(), since: timeSchema, doneThen: z.number() }).nullable(),
  /** Usual seconds from the last byte to the new version answering; null before this PC has seen an update over this transport. */
  secondsAfterSending: z.number().nullable(),
});

const otherDeviceSchema = z.object({ deviceId: z.string(), name: z.string(), isConnected: z.boolean() });

const recoverySchema = z.discriminatedUnion('step', [
  z.object({ step: z.literal('prepare'), others: z.array(otherDeviceSchema) }),
  z.object({ step: z.literal('waiting'), reason: z.enum(firmwarePendingReasons).nullable() }),
  z.object({ step: z.literal('running'), ...activitySchema.shape }),
  /** `unplugged`: names of what was unplugged for it. */
  z.object({ step: z.literal('complete'), version: z.string(), unplugged: z.array(z.string()) }),
  z.object({ step: z.literal('failed'), error: firmwareErrorSchema }),
]);

/** The firmware of one device, as a user interface needs it. */
export const firmwareViewSchema = z.object({
  deviceId: z.string(),
  firmware: deviceFirmwareSchema,
  /** What a person is asked or told, null where nothing is. */
  prompt: promptSchema.nullable(),
  /** Bytes; null where nothing is downloaded for it. */
  download: z.object({ done: z.number(), total: z.number() }).nullable(),
  activity: activitySchema.nullable(),
  /** Bytes of the package that is desired; null where none is named. */
  packageBytes: z.number().nullable(),
  /** How long an update takes; null where its package isn't here, or this PC has not seen an update over this transport yet. */
  usualMinutes: z.number().nullable(),
  /** Bytes may be on the device already: it goes on by itself. */
  hasBegun: z.boolean(),
  /** Whether `recover` is of use: it failed, and is by its cable. */
  isRecoverable: z.boolean(),
  /** It is connected and tells its version: whatever failed, it works. */
  isUsable: z.boolean(),
  recovery: recoverySchema.nullable(),
  /** When its version was last read and held against what is desired; null where this process has not read it. */
  checkedAt: timeSchema.nullable(),
  /** Null where nobody manages it. */
  decidedBy: sourceSchema.nullable(),
  /** The platform moves the desired version along. */
  keptUpdated: z.boolean(),
  /** Percent where the last try ended; null where it went well, or wasn't seen. */
  stoppedAt: z.number().nullable(),
  lastTry: z.object({ startedAt: timeSchema, endedAt: timeSchema, version: z.string() }).nullable(),
  /** The platform acknowledged the event that tells the failure. */
  isFailureKnown: z.boolean(),
});
