import { z } from 'zod';

import { idSchema, percentSchema, revisionSchema, settingValueSchema, textSchema, usbIdSchema } from './common.ts';
import { deviceFirmwareSchema } from './device-firmware.ts';
import { envelope } from './envelope.ts';
import { timestampSchema } from './timestamp.ts';

export const formFactors = ['headset', 'speakerphone', 'dongle', 'base', 'video-bar', 'controller'] as const;
export const connectionStatuses = ['connected', 'disconnected'] as const;
export const transports = ['usb', 'bluetooth', 'dongle'] as const;
export const settingsStates = ['pending-login', 'pending-device', 'failed', 'in-sync'] as const;
export const settingErrorCodes = [
  'unknown-setting',
  'invalid-value',
  'not-supported',
  'device-timeout',
  'device-rejected',
  'firmware-unsupported',
  'lock-contested',
] as const;

const modelSchema = z.object({
  vendorId: usbIdSchema,
  /** USB product id of what is plugged in; for a child its DFU product id. */
  productId: usbIdSchema,
  name: z.string(),
  /** An id of settings-v1, or `unknown`. */
  family: textSchema,
  formFactor: z.enum(formFactors),
  /** Null where the device refused it. */
  dfuProductId: usbIdSchema.nullable(),
});

const connectionSchema = z.object({
  status: z.enum(connectionStatuses),
  transport: z.enum(transports),
  /** The dongle of a headset behind a dongle. */
  parentDeviceId: idSchema.nullable(),
  /** Moves at connect and disconnect only. */
  lastSeenAt: timestampSchema,
});

const batterySchema = z.object({
  /** Percent; null where it is unknown. */
  level: percentSchema.nullable(),
  charging: z.boolean(),
  low: z.boolean(),
});

const settingErrorSchema = z.object({ key: z.string(), code: z.enum(settingErrorCodes), message: z.string() });

const deviceSettingsSchema = z.object({
  /** Both null where nothing was ever desired. */
  desiredRevision: revisionSchema.nullable(),
  appliedRevision: revisionSchema.nullable(),
  state: z.enum(settingsStates),
  /** All that the device holds, by name. */
  values: z.record(z.string(), settingValueSchema),
  locked: z.array(z.string()),
  errors: z.array(settingErrorSchema),
});

/** device/1: one device as the agent knows it. */
export const deviceSchema = z.object({
  ...envelope('device/1'),
  deviceId: idSchema,
  revision: revisionSchema,
  model: modelSchema,
  /** Upper case, as the device gives it. */
  electronicSerialNumber: textSchema.nullable(),
  connection: connectionSchema,
  firmware: deviceFirmwareSchema,
  /** Null where the device has none. */
  battery: batterySchema.nullable(),
  settings: deviceSettingsSchema,
});

export type DeviceDocument = z.infer<typeof deviceSchema>;
export type DeviceModel = z.infer<typeof modelSchema>;
export type DeviceConnection = z.infer<typeof connectionSchema>;
export type DeviceBattery = z.infer<typeof batterySchema>;
export type DeviceSettings = z.infer<typeof deviceSettingsSchema>;
export type SettingError = z.infer<typeof settingErrorSchema>;
export type FormFactor = (typeof formFactors)[number];
export type ConnectionStatus = (typeof connectionStatuses)[number];
export type Transport = (typeof transports)[number];
export type SettingsState = (typeof settingsStates)[number];
export type SettingErrorCode = (typeof settingErrorCodes)[number];
