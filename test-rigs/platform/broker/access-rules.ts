import { isBelowPrefix, parseTopic, topicPrefix, topicRules } from '@jpd/agent/contract';

import type { ClientRef } from '../client-ref.ts';
import { clientKey } from '../client-ref.ts';

/** Who a connection to the broker belongs to. */
export type Principal =
  | { readonly role: 'client'; readonly client: ClientRef }
  /** A person or program that works for an organisation. */
  | { readonly role: 'operator'; readonly organizationId: string };

export function principalKey(principal: Principal): string {
  return principal.role === 'client' ? `client ${clientKey(principal.client)}` : `operator ${principal.organizationId}`;
}

/** Everything of an organisation begins with this; made from a client's prefix, since the contract knows no shorter one. */
function organizationPrefix(organizationId: string): string {
  return topicPrefix(organizationId, 'x').replace(/x\/$/, '');
}

/** A client publishes what is the agent's below its own prefix; an operator what is the platform's, for the clients of its organisation. */
export function mayPublish(principal: Principal, topic: string): boolean {
  const parsed = parseTopic(topic);
  if (parsed === null) return false;
  const { from } = topicRules[parsed.kind];
  if (principal.role === 'operator') return from === 'platform' && parsed.organizationId === principal.organizationId;
  return from === 'agent' && isBelowPrefix(topic, principal.client.organizationId, principal.client.clientId);
}

/** Whether a filter can match a topic of the organisation at all. */
function reachesOrganization(filter: string, organizationId: string): boolean {
  const wanted = organizationPrefix(organizationId).split('/').slice(0, -1);
  const levels = filter.split('/');
  const open = levels.indexOf('#');
  if (open === -1 && levels.length <= wanted.length) return false;
  return wanted.every((name, index) => (open !== -1 && index >= open) || levels[index] === '+' || levels[index] === name);
}

/**
 * A client subscribes below its own prefix only, its own presence included. An operator reads its whole organisation, and may ask for more
 * (`jabra/v1/#`): it gets what is its organisation's.
 */
export function maySubscribe(principal: Principal, filter: string): boolean {
  if (principal.role === 'operator') return reachesOrganization(filter, principal.organizationId);
  return filter.startsWith(topicPrefix(principal.client.organizationId, principal.client.clientId));
}

/** Asked for each message on its way out: a subscription may be broader than what its owner may read, or be left over from somebody else. */
export function mayReceive(principal: Principal, topic: string): boolean {
  if (principal.role === 'operator') return topic.startsWith(organizationPrefix(principal.organizationId));
  return topic.startsWith(topicPrefix(principal.client.organizationId, principal.client.clientId));
}
