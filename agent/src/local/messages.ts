import { z } from 'zod';
import { localCheckSchema } from './check.ts';
import { localSentSchema } from './sent.ts';
import { settingChange } from './setting-change.ts';
import { localStateSchema } from './state.ts';

const deviceId = z.object({ deviceId: z.string() });

/** What a user interface may ask of the agent: arguments and result of each. */
export const localCalls = {
  /** The state as it is now. */
  state: { args: z.object({}), result: localStateSchema },
  /** A person's word on a question or an announcement; false where it came too late to count. */
  answerFirmware: { args: z.object({ deviceId: z.string(), answer: z.enum(['install', 'postpone']) }), result: z.boolean() },
  /** Begins a recovery, goes on after `prepare`, tries again after `failed`; false where nothing failed. */
  recoverFirmware: { args: deviceId, result: z.boolean() },
  /** A person closes the recovery: what runs goes on. */
  endRecovery: { args: deviceId, result: z.null() },
  /** A person changes a setting; answered when the device said what it holds. */
  changeSetting: settingChange,
  /** Opens the pairing and searches; searches again where it is open. What comes of it is `pairing` of the state. */
  startPairing: { args: z.object({}), result: z.null() },
  /** Connects one of the headsets found. */
  choosePairing: { args: z.object({ id: z.string().max(64) }), result: z.null() },
  /** Closes the pairing. */
  stopPairing: { args: z.object({}), result: z.null() },
  /** The system says so: another person logged in, or the same one again. */
  loginChanged: { args: z.object({ loginSessionId: z.string() }), result: z.null() },
  /** What left this PC. */
  sent: { args: z.object({ limit: z.int().min(1).max(10_000) }), result: localSentSchema },
  /** The text of one message as it left, null where it isn't kept. */
  sentExact: { args: z.object({ run: z.number(), number: z.number() }), result: z.string().nullable() },
  /** Connects to the platform without waiting. */
  tryNow: { args: z.object({}), result: z.null() },
  /** Looks at this PC; takes seconds where something doesn't answer. */
  check: { args: z.object({}), result: localCheckSchema },
  /** Writes the file for support there, replacing what is there. Redacted, and nothing is sent. */
  saveDiagnostics: { args: z.object({ path: z.string().min(1) }), result: z.null() },
  /** The PC is about to sleep; answered when the platform knows, or can't be told. */
  suspending: { args: z.object({}), result: z.null() },
  /** The PC woke up. */
  resumed: { args: z.object({}), result: z.null() },
  /** Ends the agent in order; the answer is the last that it says. */
  stop: { args: z.object({}), result: z.null() },
} as const satisfies Readonly<Record<string, { readonly args: z.ZodType; readonly result: z.ZodType }>>;

/** What the agent tells unasked. */
export const localEvents = {
  /** The program has read its configuration and works; `state` may be asked for from now on. */
  ready: z.object({ version: z.string() }),
  /** Another session's agent works on this PC: calls but `stop` are refused until `ready` tells that it is this one's turn. */
  standby: z.object({}),
  /** Something of the state changed; several changes within a moment are one. */
  changed: z.object({}),
  /** Something left this PC; several messages within a moment are one. */
  sent: z.object({}),
  /** It can't begin; it ends by itself after this. `problems` are sentences for a person. */
  failed: z.object({ code: z.enum(['configuration', 'fault']), problems: z.array(z.string()) }),
} as const satisfies Readonly<Record<string, z.ZodType>>;

export type LocalCallName = keyof typeof localCalls;
export type LocalArgs<N extends LocalCallName> = z.infer<(typeof localCalls)[N]['args']>;
export type LocalResult<N extends LocalCallName> = z.infer<(typeof localCalls)[N]['result']>;
export type LocalEventName = keyof typeof localEvents;
export type LocalEventPayload<N extends LocalEventName> = z.infer<(typeof localEvents)[N]>;

/** From a user interface to the agent. */
export const localRequestSchema = z.object({ id: z.number(), call: z.string(), args: z.unknown() });

/** From the agent to its user interface. */
export const localMessageSchema = z.union([
  z.object({ id: z.number(), ok: z.literal(true), result: z.unknown() }),
  /** `message` is a sentence without secrets. */
  z.object({ id: z.number(), ok: z.literal(false), message: z.string() }),
  z.object({ event: z.string(), payload: z.unknown() }),
]);

export type LocalRequest = z.infer<typeof localRequestSchema>;
export type LocalMessage = z.infer<typeof localMessageSchema>;

export const isLocalCall = (name: string): name is LocalCallName => Object.hasOwn(localCalls, name);
export const isLocalEvent = (name: string): name is LocalEventName => Object.hasOwn(localEvents, name);
