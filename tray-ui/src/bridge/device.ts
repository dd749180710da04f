import { z } from 'zod';
import { formFactorSchema, timeSchema } from './common.ts';
import { firmwareViewSchema } from './firmware.ts';
import { settingRowSchema } from './settings.ts';

export const transports = ['usb', 'bluetooth', 'dongle'] as const;

/** One device of this PC, connected or not. */
export const deviceViewSchema = z.object({
  deviceId: z.string(),
  /** `model.name` of the contract. */
  name: z.string(),
  family: z.string(),
  formFactor: formFactorSchema,
  serialNumber: z.string().nullable(),
  connection: z.object({
    status: z.enum(['connected', 'disconnected']),
    transport: z.enum(transports),
    parentDeviceId: z.string().nullable(),
    lastSeenAt: timeSchema,
  }),
  /** Null where the device has none; `level` null where it is unknown. */
  battery: z.object({ level: z.int().min(0).max(100).nullable(), charging: z.boolean(), low: z.boolean() }).nullable(),
  firmware: firmwareViewSchema,
  settings: z.array(settingRowSchema),
});

export type DeviceView = z.infer<typeof deviceViewSchema>;
export type Transport = (typeof transports)[number];
