import { describe, expect, it } from 'vitest';

import { asyncApi } from './async-api.ts';
import { payloadExamples } from './examples.ts';
import { jsonSchemas } from './json-schema.ts';

describe('the published JSON Schemas', () => {
  const schemas = jsonSchemas();

  it('are one for each payload', () => {
    expect(Object.keys(schemas)).toEqual(['presence', 'client', 'device', 'event', 'result', 'policy', 'desired', 'command', 'ack']);
  });

  it.each(Object.entries(schemas))('%s names its dialect, itself and its major version', (stem, schema) => {
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:jabra-plus-desktop:contract:${stem}:1`,
      title: `${stem}/1`,
    });
  });

  it('say what a policy needs, may leave out, and must hold', () => {
    expect(schemas['policy']).toMatchObject({
      required: ['schema', 'sentAt', 'revision', 'metadata', 'applySettings', 'endUserSettings', 'postponeLimit', 'logLevel', 'revoked'],
      properties: {
        schema: { const: 'policy/1' },
        revision: { type: 'integer', minimum: 0, maximum: 9_007_199_254_740_991 },
        postponeHours: { default: 24 },
        allowQuit: { default: true },
      },
    });
  });

  it('forbid no field that a later version may add', () => {
    expect(JSON.stringify(schemas)).not.toContain('"additionalProperties":false');
  });
});

describe('the published AsyncAPI document', () => {
  const document = asyncApi();

  it('has the address of every topic', () => {
    const channels = Object.values((document as { channels: Record<string, { address: string }> }).channels);
    expect(channels.map((channel) => channel.address)).toEqual(
      ['presence', 'client', 'devices/{deviceId}', 'events', 'results/{commandId}', 'policy', 'desired/{deviceId}', 'commands', 'acks'].map(
        (topic) => `jabra/v1/{organizationId}/{clientId}/${topic}`,
      ),
    );
  });

  it('says who sends, at which QoS, and what is retained', () => {
    expect(document).toMatchObject({
      asyncapi: '3.0.0',
      operations: {
        'send-device': { action: 'send', channel: { $ref: '#/channels/devices' }, bindings: { mqtt: { qos: 1, retain: true } } },
        'send-event': { action: 'send', bindings: { mqtt: { qos: 1, retain: false } } },
        'receive-desired': { action: 'receive', bindings: { mqtt: { qos: 1, retain: true } } },
        'receive-command': { action: 'receive', bindings: { mqtt: { qos: 1, retain: false } } },
      },
      components: { messages: { device: { contentType: 'application/json', examples: [{ payload: payloadExamples.devices }] } } },
    });
  });

  it('refers only to what it holds', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(references.length).toBeGreaterThan(20);
    const found = (reference: string): unknown =>
      reference.split('/').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], document);
    expect(references.filter((reference) => found(reference) === undefined)).toEqual([]);
  });
});
