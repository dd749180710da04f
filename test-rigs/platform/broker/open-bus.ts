import type { Queries } from '../database/database.ts';
import type { Log } from '../log.ts';
import { parseBrokerUrl } from '../options.ts';
import type { Writer } from '../work/work.ts';
import { Authenticator } from './authenticator.ts';
import type { Bus, Receive } from './bus.ts';
import { EmbeddedBroker, type ServerCertificate } from './embedded-broker.ts';
import { RemoteBroker } from './remote-broker.ts';

export interface OpenBus {
  readonly bus: Bus;
  /** Lets clients in, where that is ours to do. @returns the addresses that agents connect to */
  open(): Promise<{ readonly mqttUrl: string; readonly mqttsUrl: string | null }>;
}

export interface BusParts {
  readonly queries: Queries;
  readonly writer: Writer;
  readonly receive: Receive;
  readonly log: Log;
  readonly platformId: string;
  /** For TLS, made when it is needed. */
  readonly serverCertificate: () => Promise<ServerCertificate>;
}

/** The embedded broker, or a connection to the one named. */
export async function openBus(
  options: { readonly brokerUrl?: string | undefined; readonly mqttPort?: number | undefined; readonly mqttsPort?: number | undefined },
  parts: BusParts,
): Promise<OpenBus> {
  const { queries, writer, receive, log, platformId } = parts;
  if (options.brokerUrl !== undefined) {
    const url = parseBrokerUrl(options.brokerUrl);
    const bus = await RemoteBroker.connect({ url, mqttClientId: `jabra-platform-${platformId}` }, receive, log);
    return { bus, open: () => Promise.resolve({ mqttUrl: bus.url, mqttsUrl: null }) };
  }
  const bus = await EmbeddedBroker.create(new Authenticator(queries, writer), receive, log);
  const { mqttPort = 0, mqttsPort } = options;
  return {
    bus,
    open: async () => {
      const mqttsUrl = mqttsPort === undefined ? null : await bus.listenTls(mqttsPort, await parts.serverCertificate());
      return { mqttUrl: await bus.listen(mqttPort), mqttsUrl };
    },
  };
}
