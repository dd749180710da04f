import { isId } from '@jpd/agent/contract';

import { StartError } from './errors.ts';

export interface PlatformOptions {
  /** Folder of the database and the credentials; made where there is none. */
  readonly dataFolder: string;
  /** 0 or absent: one is chosen. */
  readonly mqttPort?: number | undefined;
  readonly httpPort?: number | undefined;
  /** The embedded broker speaks TLS as well, with a certificate of the platform's own authority. 0: a port is chosen; absent: it doesn't. */
  readonly mqttsPort?: number | undefined;
  /** What clients get that ask for a credential of their own; secrets where absent. */
  readonly credentialKind?: 'secret' | 'certificate' | undefined;
  /** How long it is good for; 90 days where absent. */
  readonly credentialSeconds?: number | undefined;
  /** Another broker in place of the embedded one, with the operator's credentials as user info. */
  readonly brokerUrl?: string | undefined;
  /** PostgreSQL in place of the embedded database. */
  readonly databaseUrl?: string | undefined;
  /** Of the first start; `acme` where absent. */
  readonly organizationId?: string | undefined;
  readonly enrollmentToken?: string | undefined;
  readonly operatorPassword?: string | undefined;
}

const brokerProtocols: ReadonlySet<string> = new Set(['mqtt:', 'mqtts:', 'ws:', 'wss:']);

/** @throws StartError invalid-option */
export function parseBrokerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !brokerProtocols.has(url.protocol) || url.hostname === '') {
    throw new StartError('invalid-option', 'the broker URL must be mqtt://, mqtts://, ws:// or wss:// with a host');
  }
  return url;
}

/** What can be said about the options before anything is touched. @throws StartError invalid-option, not-available */
export function assertUsable({
  organizationId,
  enrollmentToken,
  operatorPassword,
  brokerUrl,
  databaseUrl,
  mqttPort,
  mqttsPort,
}: PlatformOptions): void {
  if (organizationId !== undefined && !isId(organizationId))
    throw new StartError('invalid-option', 'the organisation must match [A-Za-z0-9_-]{1,64}');
  if (enrollmentToken === '') throw new StartError('invalid-option', 'the enrolment token must not be empty');
  if (operatorPassword === '') throw new StartError('invalid-option', 'the operator password must not be empty');
  if (brokerUrl !== undefined) parseBrokerUrl(brokerUrl);
  if (brokerUrl !== undefined && (mqttPort ?? mqttsPort) !== undefined)
    throw new StartError('invalid-option', 'an MQTT port is for the embedded broker: leave it out with a broker URL');
  if (databaseUrl !== undefined)
    throw new StartError('not-available', 'PostgreSQL is not built yet in this version: leave the database URL out to use the embedded database');
}
