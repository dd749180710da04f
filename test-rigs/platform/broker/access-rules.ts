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

/** A client subscribes below its own prefix only, its own presence included; an operator reads its whole organisation. */
export function maySubscribe(principal: Principal, filter: string): boolean {
  if (principal.role === 'operator') return filter.startsWith(organizationPrefix(principal.organizationId));
  return filter.startsWith(topicPrefix(principal.client.organizationId, principal.client.clientId));
}

/** Asked again for each message on its way out, so that no queue or left-over subscription can carry what a subscription could not. */
export function mayReceive(principal: Principal, topic: string): boolean {
  return maySubscribe(principal, topic);
}
