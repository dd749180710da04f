import { z } from 'zod';

/** A JSON value as it comes out of `JSON.parse`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Identifiers that appear in topics or name something across messages (contract 2). */
export const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

export const idSchema = z.string().regex(idPattern, { error: 'must match [A-Za-z0-9_-]{1,64}' });

/** Any RFC 9562 text form; the version bits are the sender's business. */
export const uuidSchema = z.guid();

/** 0 to 2^53-1: `int` ends at the largest safe integer by itself. */
export const revisionSchema = z.int().min(0);

/** A value of a setting, desired or held. Whether it fits the setting is judged setting by setting, not here. */
export const settingValueSchema = z.union([z.string(), z.number(), z.boolean()]);
export type SettingValue = z.infer<typeof settingValueSchema>;

/** A string that says something. */
export const textSchema = z.string().min(1);

/** USB product or vendor id. */
export const usbIdSchema = z.int().min(0).max(0xffff);

export const percentSchema = z.int().min(0).max(100);

/** Objects whose fields the contract leaves open. `custom` checks nothing, which is sound because payloads come out of `JSON.parse`. */
export const jsonObjectSchema = z.record(z.string(), z.custom<Json>());
