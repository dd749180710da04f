import { describe, expect, it } from 'vitest';

import { changePolicy, guidePolicy, policyChangeSchema, policyRulesSchema } from './policy-rules.ts';

describe('a change of the policy', () => {
  it('touches one group of metadata and leaves the others', () => {
    expect(changePolicy(guidePolicy, { metadata: { location: false } })).toEqual({
      ...guidePolicy,
      metadata: { userName: true, computer: true, location: false },
    });
  });

  it('sets the window of firmware and takes it away again', () => {
    const window = { start: '22:00', end: '05:30', days: ['mon' as const] };
    const restricted = changePolicy(guidePolicy, { updateWindow: window });
    expect(restricted.updateWindow).toEqual(window);
    expect(changePolicy(restricted, { logLevel: 'debug' })).toEqual({ ...restricted, logLevel: 'debug' });
    expect(changePolicy(restricted, { updateWindow: null })).toEqual(guidePolicy);
  });

  it('changes nothing where it names nothing', () => {
    expect(changePolicy({ ...guidePolicy, postponeHours: 8, allowQuit: false }, policyChangeSchema.parse({}))).toEqual({
      ...guidePolicy,
      postponeHours: 8,
      allowQuit: false,
    });
  });

  it('cannot revoke, number or name', () => {
    for (const field of ['revoked', 'revision', 'organizationName']) expect(policyChangeSchema.safeParse({ [field]: true }).success).toBe(false);
    expect(policyRulesSchema.safeParse({ ...guidePolicy, revoked: true }).success).toBe(false);
  });
});

describe('the policy of a new organisation', () => {
  it("is the guide's: all metadata, settings at the next login", () => {
    expect(guidePolicy.metadata).toEqual({ userName: true, computer: true, location: true });
    expect(guidePolicy.applySettings).toBe('next-login');
    expect(policyRulesSchema.parse(guidePolicy)).toEqual(guidePolicy);
  });
});
