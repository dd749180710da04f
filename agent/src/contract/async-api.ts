import { payloadExamples } from './examples.ts';
import { jsonSchemaOf, schemaStem } from './json-schema.ts';
import { maxPayloadBytes } from './payload.ts';
import type { TopicKind } from './topic-rules.ts';
import { topicKinds, topicRules } from './topic-rules.ts';

/** What AsyncAPI 3.0 tools must understand; 2020-12 is not among the formats they know. */
const schemaFormat = 'application/schema+json;version=draft-07';

const parameterDescriptions = {
  organizationId: 'The organisation, [A-Za-z0-9_-]{1,64}',
  clientId: 'The agent, [A-Za-z0-9_-]{1,64}',
  deviceId: 'The device, [A-Za-z0-9_-]{1,64}',
  commandId: 'The command that is answered, [A-Za-z0-9_-]{1,64}',
};

function channel(kind: TopicKind): object {
  const { idLevel, summary, retained } = topicRules[kind];
  const names: (keyof typeof parameterDescriptions)[] = ['organizationId', 'clientId', ...(idLevel === null ? [] : [idLevel])];
  return {
    address: ['jabra/v1/{organizationId}/{clientId}', kind, ...(idLevel === null ? [] : [`{${idLevel}}`])].join('/'),
    description: retained ? `${summary}. Retained; an empty payload deletes.` : `${summary}.`,
    messages: { [schemaStem(kind)]: { $ref: `#/components/messages/${schemaStem(kind)}` } },
    parameters: Object.fromEntries(names.map((name) => [name, { description: parameterDescriptions[name] }])),
  };
}

function operation(kind: TopicKind): object {
  const { from, qos, retained, summary } = topicRules[kind];
  return {
    action: from === 'agent' ? 'send' : 'receive',
    channel: { $ref: `#/channels/${kind}` },
    summary,
    bindings: { mqtt: { qos, retain: retained, bindingVersion: '0.2.0' } },
    messages: [{ $ref: `#/channels/${kind}/messages/${schemaStem(kind)}` }],
  };
}

function message(kind: TopicKind): object {
  const { schemaName, summary } = topicRules[kind];
  return {
    name: schemaName,
    title: schemaName,
    summary,
    contentType: 'application/json',
    payload: { schemaFormat, schema: jsonSchemaOf(kind, 'draft-07') },
    examples: [{ payload: payloadExamples[kind] }],
  };
}

function byKind(entry: (kind: TopicKind) => readonly [string, object]): Record<string, object> {
  return Object.fromEntries(topicKinds.map(entry));
}

const server = { security: [{ $ref: '#/components/securitySchemes/enrolmentToken' }, { $ref: '#/components/securitySchemes/clientCertificate' }] };

/** The contract as an AsyncAPI 3.0 document, seen from the agent: it sends what is its own and receives the rest. */
export function asyncApi(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Platform contract',
      version: '1.0.0',
      description: `What passes between an agent and the platform. Every payload is UTF-8 JSON of at most ${maxPayloadBytes} bytes; unknown fields are ignored.`,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      websocket: { host: 'platform.example:443', protocol: 'wss', description: 'MQTT over WebSocket, version 5 or 3.1.1', ...server },
      tls: { host: 'platform.example:8883', protocol: 'secure-mqtt', description: 'MQTT over TLS, version 5 or 3.1.1', ...server },
    },
    channels: byKind((kind) => [kind, channel(kind)]),
    operations: byKind((kind) => [`${topicRules[kind].from === 'agent' ? 'send' : 'receive'}-${schemaStem(kind)}`, operation(kind)]),
    components: {
      messages: byKind((kind) => [schemaStem(kind), message(kind)]),
      securitySchemes: {
        enrolmentToken: { type: 'userPassword', description: 'User name {organizationId}/{clientId}, password the enrolment token' },
        clientCertificate: { type: 'X509', description: 'A client certificate instead of the token' },
      },
    },
  };
}
