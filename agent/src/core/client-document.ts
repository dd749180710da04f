import type { BodyOf, ClientMetadata, PolicyRules } from '../contract/index.ts';
import type { ComputerInfo, Host } from '../ports/index.ts';

/** What is known of the client without asking anyone. */
export interface ClientFacts {
  readonly clientId: string;
  readonly clientName: string | null;
  readonly clientVersion: string;
  readonly mode: 'personal' | 'room';
  readonly loginSessionId: string;
  readonly startedAt: string;
}

function computerOf(info: ComputerInfo): NonNullable<ClientMetadata['computer']> {
  const { domain, manufacturer, serialNumber, ipAddresses, ...required } = info;
  return {
    ...required,
    ipAddresses: [...ipAddresses],
    ...(domain === null ? {} : { domain }),
    ...(manufacturer === null ? {} : { manufacturer }),
    ...(serialNumber === null ? {} : { serialNumber }),
  };
}

/**
 * The one gate through which a person's and a computer's data leave the core: a group that the policy doesn't allow isn't even asked of the host.
 * Null where all groups are off or empty.
 */
async function gatedMetadata(host: Host, allowed: PolicyRules['metadata']): Promise<ClientMetadata | null> {
  const userName = allowed.userName ? await host.userName() : '';
  const computer = allowed.computer ? await host.computer() : null;
  const location = allowed.location ? await host.location() : null;
  const metadata: ClientMetadata = {
    ...(userName === '' ? {} : { userName }),
    ...(computer ? { computer: computerOf(computer) } : {}),
    ...(location ? { location } : {}),
  };
  return Object.keys(metadata).length === 0 ? null : metadata;
}

/** client/1 under the policy that rules now. */
export async function clientDocument(facts: ClientFacts, host: Host, allowed: PolicyRules['metadata']): Promise<BodyOf<'client'>> {
  const { clientName, ...required } = facts;
  const metadata = await gatedMetadata(host, allowed);
  return { ...required, ...(clientName === null ? {} : { clientName }), ...(metadata ? { metadata } : {}) };
}
