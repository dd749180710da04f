import { describe, expect, it } from 'vitest';

import { payloadExamples } from './examples.ts';
import { parsePayload } from './payload.ts';
import { topicKinds } from './topic-rules.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('parsePayload', () => {
  it.each(topicKinds)('accepts the example of %s as it stands', (kind) => {
    expect(parsePayload(kind, bytes(payloadExamples[kind]))).toEqual({ ok: true, value: payloadExamples[kind] });
  });
});
