import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMemoryStore } from './testing/memory-store.ts';
import { defaultPolicy, payloadExamples } from '../contract/index.ts';
import { parsePolicyRecord, PolicyHolder } from './policy-holder.ts';
import { sectionOf } from './testing/sections.ts';

const policy = payloadExamples.policy;
const emptyHolder = async (): Promise<PolicyHolder> => new PolicyHolder(await sectionOf('policy', parsePolicyRecord));

describe('the policy', () => {
  it('is the default of the contract until one was received', async () => {
    const holder = await emptyHolder();
    expect(holder.received).toBeNull();
    expect(holder.rules).toEqual({
      metadata: { userName: false, computer: false, location: false },
      applySettings: 'next-login',
      endUserSettings: 'allowed',
      postponeLimit: 3,
      postponeHours: 24,
      allowQuit: true,
      logLevel: 'info',
      revoked: false,
    });
    expect(holder.rules).toBe(defaultPolicy);
  });

  it('may have any revision the first time, 0 included', async () => {
    const holder = await emptyHolder();
    expect(holder.take({ ...policy, revision: 0 })).not.toBeNull();
  });

  it('is the newest revision that came, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { minLength: 1, maxLength: 20 }), async (revisions) => {
        const holder = await emptyHolder();
        let newest = -1;
        for (const revision of revisions) {
          const isNewer = revision > newest;
          expect(holder.take({ ...policy, revision, organizationName: `r${revision}` }) !== null).toBe(isNewer);
          newest = Math.max(newest, revision);
          expect(holder.received).toMatchObject({ revision: newest, organizationName: `r${newest}` });
        }
      }),
    );
  });

  it('goes on ruling after a restart, and its revision goes on counting', async () => {
    const store = openMemoryStore();
    const write = new PolicyHolder(await sectionOf('policy', parsePolicyRecord, store)).take(policy);
    if (!write) throw new Error('not taken');
    await store.commit([write]);
    const holder = new PolicyHolder(await sectionOf('policy', parsePolicyRecord, store));
    expect(holder.rules).toEqual(policy);
    expect(holder.take(policy)).toBeNull();
    expect(holder.take({ ...policy, revision: policy.revision - 1 })).toBeNull();
    expect(holder.take({ ...policy, revision: policy.revision + 1 })).not.toBeNull();
  });
});
