import type { z } from 'zod';

import { describeIssues, problemWording } from './problems.ts';
import type { PayloadOf, TopicKind } from './topic-rules.ts';
import { topicRules } from './topic-rules.ts';

/** Bytes of UTF-8, either direction (contract 2). */
export const maxPayloadBytes = 250_000;

/** An event names three of them; a few more help in the log. */
const maxProblems = 10;

export type ParseResult<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problems: readonly string[] };

/** An empty retained payload deletes; it is no violation and not for `parsePayload`. */
export function isEmptyPayload(bytes: Uint8Array): boolean {
  return bytes.length === 0;
}

/** The table seen kind by kind, which lets the compiler connect a generic kind with its payload. */
const rules: { readonly [Kind in TopicKind]: { readonly schemaName: string; readonly schema: z.ZodType<PayloadOf<Kind>> } } = topicRules;

function refused(...problems: string[]): ParseResult<never> {
  return { ok: false, problems };
}

function decodeJson(bytes: Uint8Array): ParseResult<unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refused('the payload is not UTF-8');
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return refused('the payload is not JSON');
  }
}

function hasSchema(value: object): value is { schema: unknown } {
  return Object.hasOwn(value, 'schema');
}

/**
 * Reads what came in on a topic of `kind`: size, UTF-8, JSON, `schema` with its major version, then every field. Unknown fields are dropped.
 * Never throws. Problems are short sentences that name the field and never a value of the payload.
 */
export function parsePayload<Kind extends TopicKind>(kind: Kind, bytes: Uint8Array): ParseResult<PayloadOf<Kind>> {
  if (bytes.length > maxPayloadBytes) return refused(`the payload is larger than ${maxPayloadBytes} bytes`);
  const json = decodeJson(bytes);
  if (!json.ok) return json;
  const rule = rules[kind];
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused('the payload is not an object');
  if (!hasSchema(value) || value.schema !== rule.schemaName) return refused(`schema must be ${rule.schemaName}`);
  const parsed = rule.schema.safeParse(value, problemWording);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problems: describeIssues(parsed.error.issues, maxProblems) };
}
