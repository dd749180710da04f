import { type Desired, desiredSchema, type DeviceDocument, deviceSchema } from '../../contract/index.ts';
import type { Json } from '../../ports/index.ts';
import type { DesiredSettings } from '../settings/plan.ts';

/** The revision that was last applied: what locks and re-application follow. */
export type AppliedSettings = { readonly revision: number; readonly settings: DesiredSettings };

/** A device as it is kept over restarts: what was last reported of it, and what was applied to it. */
export type DeviceRecord = { readonly document: DeviceDocument; readonly applied: AppliedSettings | null };

/** A desired document as it is kept, also for devices that were never here. */
export type DesiredRecord = {
  readonly document: Desired;
  /** Login session in which it arrived and whose end it waits for; null where nothing keeps it from being applied. */
  readonly waitsForLogin: string | null;
  /** When it came, Unix milliseconds; absent in what an earlier version kept. */
  readonly receivedAt?: number;
};

type Fields = { readonly [key: string]: Json };

const isFields = (json: Json | undefined): json is Fields => typeof json === 'object' && json !== null && !Array.isArray(json);

/** Only the settings' part of a desired document is needed again, so it is checked as one. */
function parseApplied(json: Json | undefined): AppliedSettings | null {
  if (!isFields(json)) return null;
  const settings = desiredSchema.shape.settings.safeParse(json['settings']);
  const { revision } = json;
  return settings.success && typeof revision === 'number' ? { revision, settings: settings.data } : null;
}

export function parseDeviceRecord(json: Json): DeviceRecord | null {
  if (!isFields(json)) return null;
  const document = deviceSchema.safeParse(json['document']);
  return document.success ? { document: document.data, applied: parseApplied(json['applied']) } : null;
}

export function parseDesiredRecord(json: Json): DesiredRecord | null {
  if (!isFields(json)) return null;
  const document = desiredSchema.safeParse(json['document']);
  const { waitsForLogin, receivedAt } = json;
  if (!document.success) return null;
  const known = typeof receivedAt === 'number' ? { receivedAt } : {};
  return { document: document.data, waitsForLogin: typeof waitsForLogin === 'string' ? waitsForLogin : null, ...known };
}
