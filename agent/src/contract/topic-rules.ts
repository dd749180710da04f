import type { z } from 'zod';

import { ackSchema } from './ack.ts';
import { clientSchema } from './client.ts';
import { commandSchema } from './command.ts';
import { desiredSchema } from './desired.ts';
import { deviceSchema } from './device.ts';
import { eventSchema } from './event.ts';
import { policySchema } from './policy.ts';
import { presenceSchema } from './presence.ts';
import { resultSchema } from './result.ts';

export type Side = 'agent' | 'platform';

interface TopicRule {
  /** Who publishes; the other side subscribes. */
  readonly from: Side;
  readonly qos: 1;
  readonly retained: boolean;
  /** The level below the kind's own, or null where the kind is the whole topic. */
  readonly idLevel: 'deviceId' | 'commandId' | null;
  /** For the published documents. */
  readonly summary: string;
  /** `schema` of its payloads. */
  readonly schemaName: string;
  readonly schema: z.ZodType;
}

/** The table of contract 2. The broker's ACL, both ends' subscriptions and the published documents derive from it. */
export const topicRules = {
  presence: {
    from: 'agent',
    qos: 1,
    retained: true,
    idLevel: null,
    summary: 'Whether the agent is connected, and why not',
    schemaName: 'presence/1',
    schema: presenceSchema,
  },
  client: {
    from: 'agent',
    qos: 1,
    retained: true,
    idLevel: null,
    summary: 'The agent and, as far as the policy allows, the person and the computer',
    schemaName: 'client/1',
    schema: clientSchema,
  },
  devices: {
    from: 'agent',
    qos: 1,
    retained: true,
    idLevel: 'deviceId',
    summary: 'One device as the agent knows it',
    schemaName: 'device/1',
    schema: deviceSchema,
  },
  events: {
    from: 'agent',
    qos: 1,
    retained: false,
    idLevel: null,
    summary: 'What happened; durable until acknowledged',
    schemaName: 'event/1',
    schema: eventSchema,
  },
  results: {
    from: 'agent',
    qos: 1,
    retained: false,
    idLevel: 'commandId',
    summary: 'How a command goes',
    schemaName: 'result/1',
    schema: resultSchema,
  },
  policy: {
    from: 'platform',
    qos: 1,
    retained: true,
    idLevel: null,
    summary: 'What the organisation allows',
    schemaName: 'policy/1',
    schema: policySchema,
  },
  desired: {
    from: 'platform',
    qos: 1,
    retained: true,
    idLevel: 'deviceId',
    summary: 'What a device shall be like',
    schemaName: 'desired/1',
    schema: desiredSchema,
  },
  commands: {
    from: 'platform',
    qos: 1,
    retained: false,
    idLevel: null,
    summary: 'Something to do once',
    schemaName: 'command/1',
    schema: commandSchema,
  },
  acks: {
    from: 'platform',
    qos: 1,
    retained: false,
    idLevel: null,
    summary: 'Events that the platform has committed',
    schemaName: 'ack/1',
    schema: ackSchema,
  },
} as const satisfies Record<string, TopicRule>;

/** First level below a client's prefix. */
export type TopicKind = keyof typeof topicRules;

export const topicKinds = [
  'presence',
  'client',
  'devices',
  'events',
  'results',
  'policy',
  'desired',
  'commands',
  'acks',
] as const satisfies readonly TopicKind[];

export function isTopicKind(text: string): text is TopicKind {
  return topicKinds.some((kind) => kind === text);
}

/** The parsed payload of a kind. */
export type PayloadOf<Kind extends TopicKind> = z.output<(typeof topicRules)[Kind]['schema']>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What a sender fills in; `schema` and `sentAt` are stamped by `encode`. */
export type BodyOf<Kind extends TopicKind> = DistributiveOmit<z.input<(typeof topicRules)[Kind]['schema']>, 'schema' | 'sentAt'>;
