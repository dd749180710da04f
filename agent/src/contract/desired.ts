import { z } from 'zod';

import { idSchema, revisionSchema, settingValueSchema, textSchema } from './common.ts';
import { envelope } from './envelope.ts';

export const desiredSourceKinds = ['standard', 'exception', 'configuration', 'device'] as const;
export const firmwareManagements = ['managed', 'unmanaged'] as const;

const desiredSettingSchema = z.object({ value: settingValueSchema, locked: z.boolean() });

const firmwarePackageSchema = z.object({
  /** https, or http from loopback; the downloader judges it, so that a bad one doesn't take the settings down with it. */
  url: textSchema,
  /** 64 hex digits, lower case after parsing. */
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, { error: 'must be 64 hexadecimal digits' })
    .toLowerCase(),
  /** Bytes. */
  size: z.int().min(1),
});

/** On these versions no setting is written. */
const unsupportedVersions = z.array(z.string()).exactOptional();

const desiredFirmwareSchema = z.discriminatedUnion('management', [
  z.object({
    management: z.literal('managed'),
    /** What to install. */
    version: textSchema,
    /** For the console only: the platform moves `version` along. */
    keepUpdated: z.boolean().exactOptional(),
    allowDowngrade: z.boolean().exactOptional(),
    package: firmwarePackageSchema.exactOptional(),
    unsupportedVersions,
  }),
  z.object({ management: z.literal('unmanaged'), unsupportedVersions }),
]);

/** desired/1: what a device shall be like; whose word it is was decided by the platform. */
export const desiredSchema = z.object({
  ...envelope('desired/1'),
  revision: revisionSchema,
  source: z.object({ kind: z.enum(desiredSourceKinds), id: idSchema, name: z.string() }),
  settings: z.record(z.string(), desiredSettingSchema),
  firmware: desiredFirmwareSchema,
});

export type Desired = z.infer<typeof desiredSchema>;
export type DesiredSource = Desired['source'];
export type DesiredSetting = z.infer<typeof desiredSettingSchema>;
export type DesiredFirmware = z.infer<typeof desiredFirmwareSchema>;
export type ManagedFirmware = Extract<DesiredFirmware, { management: 'managed' }>;
export type FirmwarePackage = z.infer<typeof firmwarePackageSchema>;
