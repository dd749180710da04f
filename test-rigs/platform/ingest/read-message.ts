import type { AgentEvent, ClientDocument, CommandResult, DeviceDocument, ParsedTopic, ParseResult, Presence, TopicKind } from '@jpd/agent/contract';
import { isEmptyPayload, parsePayload, parseTopic, topicRules } from '@jpd/agent/contract';

import type { IncomingMessage } from '../broker/bus.ts';
import type { ClientRef } from '../client-ref.ts';

/** What an agent said, checked. */
export type AgentMessage =
  | { readonly kind: 'presence'; readonly presence: Presence; readonly believeAtOnce: boolean }
  | { readonly kind: 'client'; readonly document: ClientDocument }
  | { readonly kind: 'device'; readonly document: DeviceDocument }
  | { readonly kind: 'device-forgotten'; readonly deviceId: string }
  | { readonly kind: 'event'; readonly event: AgentEvent }
  | { readonly kind: 'result'; readonly result: CommandResult };

export type Reading =
  | { readonly kind: 'message'; readonly client: ClientRef; readonly message: AgentMessage }
  /** Neither an answer nor a violation: the platform's own topics, and retained documents taken away. */
  | { readonly kind: 'nothing' }
  /** It changes nothing. `topicKind` null where it isn't a topic of the contract. */
  | { readonly kind: 'refused'; readonly client: ClientRef | null; readonly topicKind: TopicKind | null; readonly problems: readonly string[] };

type Checked = { readonly ok: true; readonly value: AgentMessage | null } | { readonly ok: false; readonly problems: readonly string[] };

function checked<T>(parsed: ParseResult<T>, toMessage: (value: T) => AgentMessage, mismatch: (value: T) => string | null = () => null): Checked {
  if (!parsed.ok) return parsed;
  const problem = mismatch(parsed.value);
  return problem === null ? { ok: true, value: toMessage(parsed.value) } : { ok: false, problems: [problem] };
}

function readAgentPayload({ kind, id, clientId }: ParsedTopic, { payload, willWasDelayed }: IncomingMessage): Checked {
  switch (kind) {
    case 'presence':
      return checked(parsePayload(kind, payload), (presence) => ({ kind: 'presence', presence, believeAtOnce: willWasDelayed }));
    case 'client':
      return checked(
        parsePayload(kind, payload),
        (document) => ({ kind: 'client', document }),
        (document) => (document.clientId === clientId ? null : 'clientId is not the one of the topic'),
      );
    case 'devices':
      return checked(
        parsePayload(kind, payload),
        (document) => ({ kind: 'device', document }),
        (document) => (document.deviceId === id ? null : 'deviceId is not the one of the topic'),
      );
    case 'events':
      return checked(parsePayload(kind, payload), (event) => ({ kind: 'event', event }));
    case 'results':
      return checked(
        parsePayload(kind, payload),
        (result) => ({ kind: 'result', result }),
        (result) => (result.commandId === id ? null : 'commandId is not the one of the topic'),
      );
    case 'policy':
    case 'desired':
    case 'commands':
    case 'acks':
      return { ok: true, value: null };
  }
}

/** An empty payload deletes what was retained. Of a device it says that the agent forgot it; of the others it says nothing that lasts. */
function readEmpty({ kind, id = '' }: ParsedTopic): AgentMessage | null {
  return kind === 'devices' ? { kind: 'device-forgotten', deviceId: id } : null;
}

/** Reads what came in from the broker. Never throws. */
export function readMessage(incoming: IncomingMessage): Reading {
  const topic = parseTopic(incoming.topic);
  if (topic === null) return { kind: 'refused', client: null, topicKind: null, problems: ['the topic is not one of the contract'] };
  const client = { organizationId: topic.organizationId, clientId: topic.clientId };
  const deletes = isEmptyPayload(incoming.payload) && topicRules[topic.kind].retained;
  const read: Checked = deletes ? { ok: true, value: readEmpty(topic) } : readAgentPayload(topic, incoming);
  if (!read.ok) return { kind: 'refused', client, topicKind: topic.kind, problems: read.problems };
  return read.value === null ? { kind: 'nothing' } : { kind: 'message', client, message: read.value };
}
