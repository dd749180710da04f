import { z } from 'zod';

import type { TopicKind } from './topic-rules.ts';
import { topicKinds, topicRules } from './topic-rules.ts';

/** `device` of `device/1`. */
export function schemaStem(kind: TopicKind): string {
  return topicRules[kind].schemaName.replace(/\/.*$/, '');
}

/**
 * What a sender may write, as JSON Schema: defaulted fields are optional and unknown fields are allowed.
 * Fields that the contract leaves open become the empty schema. That a date exists in the calendar is left to `format`.
 */
export function jsonSchemaOf(kind: TopicKind, target: 'draft-2020-12' | 'draft-07'): object {
  return z.toJSONSchema(topicRules[kind].schema, { target, io: 'input', unrepresentable: 'any' });
}

/** JSON Schema 2020-12 of every payload, by the first part of its `schema` name: presence, client, device, … */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    topicKinds.map((kind) => {
      const { $schema, ...rest } = { $schema: '', ...jsonSchemaOf(kind, 'draft-2020-12') };
      const { schemaName, summary } = topicRules[kind];
      return [
        schemaStem(kind),
        { $schema, $id: `urn:jabra-plus-desktop:contract:${schemaName.replace('/', ':')}`, title: schemaName, description: summary, ...rest },
      ];
    }),
  );
}
