import type { SettingValue } from '@jpd/agent/contract';
import { desiredSchema, settingValueSchema } from '@jpd/agent/contract';
import { z } from 'zod';

import { RequestError } from '../errors.ts';

/** Names of settings-v1 look like this; what a family supports is for the agent to say. */
const settingKey = z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/, { error: 'is no name of a setting' });

const sourceSchema = desiredSchema.shape.source;
const firmwareSchema = desiredSchema.shape.firmware;

/** Without a configuration behind it, a document is the single-device edit. */
const singleDevice = { kind: 'device', id: 'device', name: 'This device' } as const;

/** desired/1 without what the platform adds: envelope and revision. */
export const desiredBodySchema = z.strictObject({
  source: sourceSchema.default(singleDevice),
  settings: z.record(settingKey, z.strictObject({ value: settingValueSchema, locked: z.boolean().default(false) })).default({}),
  firmware: firmwareSchema.default({ management: 'unmanaged' }),
});
export type DesiredBody = z.infer<typeof desiredBodySchema>;

/** A change of some settings and nothing else; `firmware` and `source` are replaced as a whole. */
export const desiredChangeSchema = z.strictObject({
  source: sourceSchema.optional(),
  /** Without `value` the one desired so far stays, without `locked` its lock. */
  settings: z.record(settingKey, z.strictObject({ value: settingValueSchema.optional(), locked: z.boolean().optional() })).optional(),
  /** Keys that are not desired any more. */
  unset: z.array(settingKey).optional(),
  firmware: firmwareSchema.optional(),
});
export type DesiredChange = z.infer<typeof desiredChangeSchema>;

export const emptyDesiredBody: DesiredBody = { source: singleDevice, settings: {}, firmware: { management: 'unmanaged' } };

function valueOf(key: string, given: SettingValue | undefined, before: SettingValue | undefined): SettingValue {
  const value = given ?? before;
  if (value === undefined) throw new RequestError('conflict', `${key} has no desired value yet, so that it cannot be locked or unlocked alone`);
  return value;
}

/**
 * What is desired after `change`, which may take settings out and put some in, in that order.
 * @throws RequestError conflict where a lock is given for a setting that has no value
 */
export function mergeDesired(body: DesiredBody, change: DesiredChange): DesiredBody {
  const settings = new Map(Object.entries(body.settings));
  for (const key of change.unset ?? []) settings.delete(key);
  for (const [key, { value, locked }] of Object.entries(change.settings ?? {})) {
    const before = settings.get(key);
    settings.set(key, { value: valueOf(key, value, before?.value), locked: locked ?? before?.locked ?? false });
  }
  return { source: change.source ?? body.source, settings: Object.fromEntries(settings), firmware: change.firmware ?? body.firmware };
}

/** The same for a client that may not touch the firmware: versions that forbid settings stay. */
export function withoutFirmware(body: DesiredBody): DesiredBody {
  const { unsupportedVersions } = body.firmware;
  return { ...body, firmware: { management: 'unmanaged', ...(unsupportedVersions === undefined ? {} : { unsupportedVersions }) } };
}
