import { idPattern } from './common.ts';
import { ContractError } from './errors.ts';
import type { Side, TopicKind } from './topic-rules.ts';
import { isTopicKind, topicKinds, topicRules } from './topic-rules.ts';

const root = 'jabra/v1';

export interface ClientTopics {
  /** With its trailing slash. */
  readonly prefix: string;
  readonly presence: string;
  readonly client: string;
  device(deviceId: string): string;
  readonly events: string;
  result(commandId: string): string;
  readonly policy: string;
  desired(deviceId: string): string;
  readonly commands: string;
  readonly acks: string;
}

export interface ParsedTopic {
  readonly organizationId: string;
  readonly clientId: string;
  readonly kind: TopicKind;
  /** Device or command id, for the kinds that have one. */
  readonly id?: string;
}

export function isId(text: string): boolean {
  return idPattern.test(text);
}

function checked(id: string): string {
  if (!isId(id)) throw new ContractError('invalid-id', 'an id of a topic must match [A-Za-z0-9_-]{1,64}');
  return id;
}

/** `jabra/v1/{organizationId}/{clientId}/`. @throws ContractError invalid-id */
export function topicPrefix(organizationId: string, clientId: string): string {
  return `${root}/${checked(organizationId)}/${checked(clientId)}/`;
}

/** The topics of one client. @throws ContractError invalid-id, also from its functions */
export function clientTopics(organizationId: string, clientId: string): ClientTopics {
  const prefix = topicPrefix(organizationId, clientId);
  return {
    prefix,
    presence: `${prefix}presence`,
    client: `${prefix}client`,
    device: (deviceId) => `${prefix}devices/${checked(deviceId)}`,
    events: `${prefix}events`,
    result: (commandId) => `${prefix}results/${checked(commandId)}`,
    policy: `${prefix}policy`,
    desired: (deviceId) => `${prefix}desired/${checked(deviceId)}`,
    commands: `${prefix}commands`,
    acks: `${prefix}acks`,
  };
}

/** The topic of a kind, `id` for the kinds that have one. @throws ContractError invalid-id, also where an id is missing or too many */
export function topicOf(organizationId: string, clientId: string, kind: TopicKind, id?: string): string {
  const prefix = topicPrefix(organizationId, clientId);
  if ((topicRules[kind].idLevel === null) !== (id === undefined))
    throw new ContractError('invalid-id', `the topic ${kind} has ${id === undefined ? 'an' : 'no'} id`);
  return id === undefined ? `${prefix}${kind}` : `${prefix}${kind}/${checked(id)}`;
}

/** Null for everything that is no topic of contract 2, a broken id included. */
export function parseTopic(topic: string): ParsedTopic | null {
  const [first, second, organizationId = '', clientId = '', kind = '', ...rest] = topic.split('/');
  if (`${first}/${second}` !== root || !isId(organizationId) || !isId(clientId) || !isTopicKind(kind)) return null;
  if (topicRules[kind].idLevel === null) return rest.length === 0 ? { organizationId, clientId, kind } : null;
  const [id = ''] = rest;
  return rest.length === 1 && isId(id) ? { organizationId, clientId, kind, id } : null;
}

/** Whether a topic lies below a client's own prefix and can be published to: the rule for response topics and for the broker's ACL. */
export function isBelowPrefix(topic: string, organizationId: string, clientId: string): boolean {
  const prefix = topicPrefix(organizationId, clientId);
  return topic.length > prefix.length && topic.startsWith(prefix) && !/[+#\0]/.test(topic);
}

function filterOf(base: string, kind: TopicKind): string {
  return topicRules[kind].idLevel === null ? `${base}${kind}` : `${base}${kind}/+`;
}

function kindsFrom(side: Side): TopicKind[] {
  return topicKinds.filter((kind) => topicRules[kind].from === side);
}

/**
 * What an agent subscribes, in two steps (contract 1): `first` is policy, and what it brings rules before `rest` may come in.
 * `rest` holds the agent's own presence as well. @throws ContractError invalid-id
 */
export function subscriptionFilters(
  organizationId: string,
  clientId: string,
): { readonly first: readonly string[]; readonly rest: readonly string[] } {
  const prefix = topicPrefix(organizationId, clientId);
  const rest: TopicKind[] = [...kindsFrom('platform').filter((kind) => kind !== 'policy'), 'presence'];
  return { first: [filterOf(prefix, 'policy')], rest: rest.map((kind) => filterOf(prefix, kind)) };
}

/** What the platform subscribes: everything that agents publish. */
export function platformFilters(): readonly string[] {
  return kindsFrom('agent').map((kind) => filterOf(`${root}/+/+/`, kind));
}

/** User name of a client at the broker: `{organizationId}/{clientId}`. @throws ContractError invalid-id */
export function mqttUserName(organizationId: string, clientId: string): string {
  return `${checked(organizationId)}/${checked(clientId)}`;
}

/** Null where the text is no user name of a client. */
export function parseMqttUserName(userName: string): { readonly organizationId: string; readonly clientId: string } | null {
  const [organizationId = '', clientId = '', ...rest] = userName.split('/');
  return rest.length === 0 && isId(organizationId) && isId(clientId) ? { organizationId, clientId } : null;
}
