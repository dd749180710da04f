import { z } from 'zod';
import { timeSchema } from './common.ts';

export const connectionStates = ['connected', 'not-connected', 'not-authorised', 'revoked', 'not-set-up'] as const;
export const agentProblemCodes = ['configuration', 'fault'] as const;

const meter = z.object({ used: z.number().min(0), limit: z.number().positive() });

/** The program that does the work. */
export const agentSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('running') }),
  /** Another person's session on this PC has the devices. */
  z.object({ state: z.literal('standby') }),
  /** `problems` are sentences of the agent, shown as they are. */
  z.object({ state: z.literal('stopped'), code: z.enum(agentProblemCodes), problems: z.array(z.string()) }),
]);

export const statusSchema = z.object({
  /** Its name where the policy gives one, else its id; null before enrolment. */
  organisation: z.string().nullable(),
  client: z.string().nullable(),
  connection: z.enum(connectionStates),
  host: z.string().nullable(),
  isEncrypted: z.boolean(),
  lastContactAt: timeSchema.nullable(),
  nextTryAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
  /** Messages that wait on this PC. */
  queued: z.int().min(0),
  /** Bytes, percent of one processor, bytes; null until an hour was measured. */
  usage: z.object({ memory: meter, processor: meter, network: meter }).nullable(),
  /** Names of other programs that manage the same devices. */
  rivals: z.array(z.string()),
});

export const policySchema = z.object({
  endUserSettings: z.enum(['allowed', 'hidden']),
  allowQuit: z.boolean(),
  metadata: z.object({ userName: z.boolean(), computer: z.boolean(), location: z.boolean() }),
  /** Local time of day, HH:MM. */
  updateWindow: z.object({ start: z.string(), end: z.string() }).nullable(),
});

export type AgentState = z.infer<typeof agentSchema>;
export type StatusView = z.infer<typeof statusSchema>;
export type ConnectionState = StatusView['connection'];
export type PolicyView = z.infer<typeof policySchema>;
