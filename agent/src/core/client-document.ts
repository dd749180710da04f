import type { Clock } from '@jpd/protocol';
import type { ClientMetadata } from '../contract/index.ts';
import type { ComputerInfo, Host, Log } from '../ports/index.ts';
import { inTime } from './in-time.ts';
import { type ClientBody, type MetadataGates, withMetadata } from './privacy/gates.ts';

/** A system that doesn't answer (a location that waits for somebody's consent) must not hold up the rest. */
const answerMs = 5000;

/** What is known of the client without asking anyone. */
export interface ClientFacts {
  readonly clientId: string;
  readonly clientName: string | null;
  readonly clientVersion: string;
  readonly mode: 'personal' | 'room';
  readonly loginSessionId: string;
  readonly startedAt: string;
}

export interface MetadataContext {
  readonly host: Host;
  readonly clock: Clock;
  readonly log: Log;
}

/** client/1 under these gates. */
export async function clientDocument(facts: ClientFacts, context: MetadataContext, gates: MetadataGates): Promise<ClientBody> {
  const { clientName, ...required } = facts;
  const body = { ...required, ...(clientName === null ? {} : { clientName }) };
  return withMetadata(body, await askHost(context, gates));
}

/** A group that isn't allowed isn't even asked for. */
async function askHost({ host, clock, log }: MetadataContext, gates: MetadataGates): Promise<ClientMetadata> {
  const ask = <T>(group: keyof MetadataGates, question: () => Promise<T>): Promise<T | null> =>
    gates[group]
      ? inTime(clock, answerMs, 'the system', Promise.resolve().then(question)).catch((error: unknown) => {
          log.warn('the system did not tell a group of the metadata', { group, error });
          return null;
        })
      : Promise.resolve(null);
  const [userName, computer, location] = await Promise.all([
    ask('userName', () => host.userName()),
    ask('computer', () => host.computer()),
    ask('location', () => host.location()),
  ]);
  return {
    ...(userName ? { userName } : {}),
    ...(computer ? { computer: computerOf(computer) } : {}),
    ...(location ? { location } : {}),
  };
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
