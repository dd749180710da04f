import { defaultPolicy, type Policy, type PolicyRules, policySchema } from '../contract/index.ts';
import type { Json, StoreWrite } from '../ports/index.ts';
import type { Section } from './state/section.ts';

const key = 'current';

export function parsePolicyRecord(json: Json): Policy | null {
  const parsed = policySchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

/** The policy that rules: the last one received, over restarts; before any, the contract's default. */
export class PolicyHolder {
  readonly #section: Section<Policy>;

  constructor(section: Section<Policy>) {
    this.#section = section;
  }

  /** The last one received, null before any. */
  get received(): Policy | null {
    return this.#section.get(key) ?? null;
  }

  /** Whoever revoked this client says no more what a person may change. */
  get rules(): PolicyRules {
    const { received } = this;
    return received?.revoked === true ? { ...received, endUserSettings: 'allowed' } : (received ?? defaultPolicy);
  }

  /** Takes a policy if it is newer than the one held; null where it isn't. The write makes it durable. */
  take(policy: Policy): StoreWrite | null {
    const held = this.received;
    return held && policy.revision <= held.revision ? null : this.#section.put(key, policy);
  }
}
