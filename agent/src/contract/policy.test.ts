import { describe, expect, it } from 'vitest';

import { encode } from './encode.ts';
import { parsePayload } from './payload.ts';
import { defaultPolicy } from './policy.ts';

describe('the rules before any policy', () => {
  it('are those of the contract', () => {
    expect(defaultPolicy).toEqual({
      metadata: { userName: false, computer: false, location: false },
      applySettings: 'next-login',
      endUserSettings: 'allowed',
      postponeLimit: 3,
      postponeHours: 24,
      allowQuit: true,
      logLevel: 'info',
      revoked: false,
    });
  });

  it('would be a policy once they had a revision', () => {
    const text = encode('policy', { ...defaultPolicy, revision: 0 }, 0);
    expect(parsePayload('policy', new TextEncoder().encode(text))).toMatchObject({ ok: true, value: defaultPolicy });
  });
});
