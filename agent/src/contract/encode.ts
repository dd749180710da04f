import { ContractError } from './errors.ts';
import { maxPayloadBytes } from './payload.ts';
import { timestamp } from './timestamp.ts';
import type { BodyOf, TopicKind } from './topic-rules.ts';
import { topicRules } from './topic-rules.ts';

/**
 * The payload text of a message, `schema` and `sentAt` in front, whatever the value itself says about them.
 * @param sentAtMs Unix milliseconds
 * @throws ContractError payload-too-large
 */
export function encode<Kind extends TopicKind>(kind: Kind, value: BodyOf<Kind>, sentAtMs: number): string {
  const stamp = { schema: topicRules[kind].schemaName, sentAt: timestamp(sentAtMs) };
  const text = JSON.stringify({ ...stamp, ...value, ...stamp });
  // A character is at most three bytes per UTF-16 unit, so that most texts need no second look.
  if (text.length * 3 > maxPayloadBytes && new TextEncoder().encode(text).length > maxPayloadBytes) {
    throw new ContractError('payload-too-large', `a ${kind} payload is larger than ${maxPayloadBytes} bytes`);
  }
  return text;
}
