import { z } from 'zod';

import { textSchema } from './common.ts';

export const firmwareStatuses = ['unknown', 'unmanaged', 'latest', 'available', 'pending', 'postponed', 'updating', 'failed'] as const;

/** Why a firmware that will be installed waits. */
export const firmwarePendingReasons = ['downloading', 'in-call', 'battery-low', 'outside-window', 'disconnected', 'busy'] as const;
export const firmwareReasons = [...firmwarePendingReasons, 'postponed-by-user'] as const;

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

export const firmwareErrorSchema = z.object({ code: z.enum(firmwareErrorCodes), message: z.string() });

/** Percent in steps of 5. */
const progressSchema = z.int().min(0).max(100).multipleOf(5);

/** What a row leaves open: present, but of no meaning in that status. */
const open = {
  targetVersion: textSchema.nullable(),
  progress: progressSchema.nullable(),
  reason: z.enum(firmwareReasons).nullable(),
  error: firmwareErrorSchema.nullable(),
};

const version = textSchema;
const targetVersion = textSchema;

/** The part `firmware` of device/1, one row of the contract's table each. */
export const deviceFirmwareSchema = z.discriminatedUnion('status', [
  z.object({ ...open, status: z.literal('unknown'), version: z.null() }),
  z.object({ ...open, status: z.literal('unmanaged'), version }),
  z.object({ status: z.literal('latest'), version, targetVersion: z.null(), progress: z.null(), reason: z.null(), error: z.null() }),
  z.object({ ...open, status: z.literal('available'), version, targetVersion }),
  /** `reason` null: it waits for the user. */
  z.object({ ...open, status: z.literal('pending'), version, targetVersion, reason: z.enum(firmwarePendingReasons).nullable() }),
  z.object({ ...open, status: z.literal('postponed'), version, targetVersion, reason: z.literal('postponed-by-user') }),
  z.object({ ...open, status: z.literal('updating'), version, targetVersion, progress: progressSchema }),
  z.object({ ...open, status: z.literal('failed'), version, targetVersion, error: firmwareErrorSchema }),
]);

export type DeviceFirmware = z.infer<typeof deviceFirmwareSchema>;
export type FirmwareStatus = DeviceFirmware['status'];
export type FirmwareReason = (typeof firmwareReasons)[number];
export type FirmwarePendingReason = (typeof firmwarePendingReasons)[number];
export type FirmwareErrorCode = (typeof firmwareErrorCodes)[number];
export type FirmwareError = z.infer<typeof firmwareErrorSchema>;
