import { z } from 'zod';

/** Unix milliseconds. */
export const timeSchema = z.number();

/** A value of a setting, as the device holds it or as somebody wants it. */
export const settingValueSchema = z.union([z.string(), z.number(), z.boolean()]);
export type SettingValue = z.infer<typeof settingValueSchema>;

export const formFactors = ['headset', 'speakerphone', 'dongle', 'base', 'video-bar', 'controller'] as const;
export const formFactorSchema = z.enum(formFactors);
export type FormFactor = (typeof formFactors)[number];

export const sourceKinds = ['standard', 'exception', 'configuration', 'device'] as const;

/** Whose word a setting or a firmware version is. */
export const sourceSchema = z.object({ kind: z.enum(sourceKinds), name: z.string() });
export type Source = z.infer<typeof sourceSchema>;
