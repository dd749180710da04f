import { policySchema } from '@jpd/agent/contract';
import { z } from 'zod';

/** What an administrator decides of policy/1; revision, organisation and revocation are the platform's. */
export const policyRulesSchema = policySchema
  .pick({
    metadata: true,
    applySettings: true,
    endUserSettings: true,
    updateWindow: true,
    postponeLimit: true,
    postponeHours: true,
    allowQuit: true,
    logLevel: true,
  })
  .strict();
export type OrganizationPolicy = z.infer<typeof policyRulesSchema>;

/** A part of it; `updateWindow: null` takes the window away. */
export const policyChangeSchema = policyRulesSchema
  .extend({
    metadata: policyRulesSchema.shape.metadata.partial().strict(),
    updateWindow: z.union([policyRulesSchema.shape.updateWindow, z.null()]),
    // Without the defaults of receipt, which would count as a change.
    postponeHours: z.number().positive(),
    allowQuit: z.boolean(),
  })
  .partial()
  .strict();
export type PolicyChange = z.infer<typeof policyChangeSchema>;

/** The guide's: everything is collected, and settings wait for the next login. */
export const guidePolicy: OrganizationPolicy = {
  metadata: { userName: true, computer: true, location: true },
  applySettings: 'next-login',
  endUserSettings: 'allowed',
  postponeLimit: 3,
  postponeHours: 24,
  allowQuit: true,
  logLevel: 'info',
};

/** `undefined` counts as absent. */
function given<T extends object>(fields: T): Partial<T> {
  // Object.fromEntries forgets the names of its fields.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

export function changePolicy(policy: OrganizationPolicy, { metadata, updateWindow, ...change }: PolicyChange): OrganizationPolicy {
  const { updateWindow: window, ...rest } = policy;
  const kept = updateWindow === undefined ? window : (updateWindow ?? undefined);
  return policyRulesSchema.parse({
    ...rest,
    ...given(change),
    metadata: { ...policy.metadata, ...given(metadata ?? {}) },
    ...(kept === undefined ? {} : { updateWindow: kept }),
  });
}
