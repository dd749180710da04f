import { z } from 'zod';
import { settingErrorCodes } from './settings.ts';
import { settingValueSchema } from './common.ts';
import { checkReportSchema, licenceSchema } from './help.ts';
import { preferencesSchema } from './preferences.ts';
import { sentEntrySchema } from './sent.ts';
import { stateSchema } from './state.ts';

export const pages = ['devices', 'status', 'sent', 'help', 'about'] as const;
export const deviceTabs = ['settings', 'firmware', 'details'] as const;

const none = z.strictObject({});
const device = z.strictObject({ deviceId: z.string().min(1).max(64) });
/** False where the person gave up in the system's dialog. */
const saved = z.object({ isSaved: z.boolean() });
const targetSchema = z.strictObject({
  page: z.enum(pages),
  deviceId: z.string().max(64).nullable(),
  tab: z.enum(deviceTabs).nullable(),
});

const call = <A extends z.ZodType, R extends z.ZodType>(about: string, args: A, result: R) => ({ about, args, result });
const event = <P extends z.ZodType>(about: string, payload: P) => ({ about, payload });

/** What a window may ask of main. Both ends, the fake main and BRIDGE.md are derived from this. */
export const calls = {
  state: call('What to show now', none, stateSchema),
  answerFirmware: call(
    'A word on an update that asks; false where it came too late to count',
    z.strictObject({ ...device.shape, answer: z.enum(['install', 'postpone']) }),
    z.boolean(),
  ),
  recoverFirmware: call('Begins a recovery, goes on after `prepare`, tries again after `failed`', device, z.boolean()),
  endRecovery: call('The dialog was closed; what runs goes on', device, z.null()),
  changeSetting: call(
    'Writes one setting and answers what the device said',
    z.strictObject({ ...device.shape, key: z.string().max(64), value: settingValueSchema }),
    z.discriminatedUnion('isDone', [
      z.object({ isDone: z.literal(true) }),
      z.object({ isDone: z.literal(false), code: z.enum([...settingErrorCodes, 'locked']) }),
    ]),
  ),
  startPairing: call('Opens the pairing and searches', none, z.null()),
  choosePairing: call('Connects one of the headsets found', z.strictObject({ id: z.string().max(64) }), z.null()),
  stopPairing: call('Closes the pairing', none, z.null()),
  tryNow: call('Connects to the platform without waiting', none, z.null()),
  checkPc: call('Checks this PC', none, checkReportSchema),
  saveDiagnostics: call('Asks where, and saves the diagnostics file', none, saved),
  sentLog: call('What was sent in the last 30 days, newest first', none, z.array(sentEntrySchema)),
  sentExact: call('The bytes of one message, as text', z.strictObject({ id: z.string().max(64) }), z.string().nullable()),
  saveSentLog: call('Asks where, and saves the log', none, saved),
  licences: call('Licences of all that the app is made of', none, z.array(licenceSchema)),
  copyVersionDetails: call('Puts the versions on the clipboard', none, z.null()),
  setPreferences: call('Keeps what the user chose', z.strictObject(preferencesSchema.partial().shape), z.null()),
  openWindow: call('Opens the window at a page (from the flyout)', targetSchema, z.null()),
  closeWindow: call('Closes the window that asks', none, z.null()),
} as const satisfies Readonly<Record<string, { readonly about: string; readonly args: z.ZodType; readonly result: z.ZodType }>>;

/** What main tells a window unasked. */
export const events = {
  state: event('Something that is shown has changed', stateSchema),
  navigate: event('Show this page: a notification or the tray menu was used', targetSchema),
} as const satisfies Readonly<Record<string, { readonly about: string; readonly payload: z.ZodType }>>;

export type CallName = keyof typeof calls;
export type CallArgs<N extends CallName> = z.infer<(typeof calls)[N]['args']>;
export type CallResult<N extends CallName> = z.infer<(typeof calls)[N]['result']>;
export type EventName = keyof typeof events;
export type EventPayload<N extends EventName> = z.infer<(typeof events)[N]['payload']>;
export type Page = (typeof pages)[number];
export type DeviceTab = (typeof deviceTabs)[number];
export type Target = z.infer<typeof targetSchema>;

export const isCallName = (name: unknown): name is CallName => typeof name === 'string' && Object.hasOwn(calls, name);
