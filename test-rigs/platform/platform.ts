import type { Clock } from '@jpd/protocol';

import type { Bus } from './broker/bus.ts';
import { openBus } from './broker/open-bus.ts';
import { ConnectionLoss } from './clients/connection-loss.ts';
import { DataFolder } from './data-folder/data-folder.ts';
import { openEmbeddedDatabase } from './database/database.ts';
import { assertOrganizationOf, ensureCredentials } from './ensure-credentials.ts';
import { lazyAuthority } from './enrolment/open-authority.ts';
import { addApi } from './http/api.ts';
import { addClientApi } from './http/client-api.ts';
import { createHttpServer, listenHttp } from './http/server.ts';
import { Ingest } from './ingest/ingest.ts';
import { Tally } from './ingest/tally.ts';
import { lineLog } from './log.ts';
import { machineClock } from './machine-clock.ts';
import type { PlatformOptions } from './options.ts';
import { assertUsable } from './options.ts';
import { agentMessages, platformMessages, resumeConnectionLoss } from './restore.ts';
import { Shutdown } from './shutdown.ts';
import { Changes } from './work/changes.ts';
import type { Note } from './work/notes.ts';
import { Outbox } from './work/outbox.ts';
import { Writer } from './work/work.ts';

export type { PlatformOptions } from './options.ts';

export interface PlatformSurroundings {
  /** The machine's where absent. */
  readonly clock?: Clock;
  /** Gets one line of log at a time; nothing is logged where absent. */
  readonly log?: (line: string) => void;
}

export interface Platform {
  /** Address that agents connect to. */
  readonly mqttUrl: string;
  /** The same over TLS; null where it wasn't asked for. */
  readonly mqttsUrl: string | null;
  readonly httpUrl: string;
  readonly organizationId: string;
  readonly enrollmentToken: string;
  readonly operator: { readonly userName: string; readonly password: string };
  /** Bearer token of the HTTP API. */
  readonly adminToken: string;
  /** Whether the secrets were made in this start. */
  readonly credentialsIssued: boolean;
  /** Ends it; what was acknowledged is kept. */
  stop(): Promise<void>;
}

const defaultCredentialSeconds = 90 * 86_400;

/** What a revoked client has to leave by itself. */
const shutOutMs = 5_000;

/**
 * Starts the reference platform: database, broker and HTTP API, composed here and nowhere else.
 * @throws StartError, with everything ended again that was started
 */
export async function startPlatform(
  options: PlatformOptions,
  { clock = machineClock, log: write = () => undefined }: PlatformSurroundings = {},
): Promise<Platform> {
  assertUsable(options);
  const log = lineLog(clock, write);
  const shutdown = new Shutdown(log);
  try {
    return await start(options, clock, log, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function start(options: PlatformOptions, clock: Clock, log: ReturnType<typeof lineLog>, shutdown: Shutdown): Promise<Platform> {
  const folder = await DataFolder.open(options.dataFolder);
  shutdown.add('data folder', () => folder.close());
  const { organizationId = null, enrollmentToken, operatorPassword } = options;
  await assertOrganizationOf(folder, organizationId);
  const database = await openEmbeddedDatabase(await folder.databaseFolder(), clock.now());
  shutdown.add('database', () => database.close());
  await folder.databaseIsReady();
  const { queries } = database;

  // The bus needs what takes messages in, and that needs the bus to answer: what is sent before the bus is there waits for it.
  let provideBus = (_bus: Bus): void => undefined;
  const busReady = new Promise<Bus>((resolve) => {
    provideBus = resolve;
  });
  const outbox = new Outbox(async (message) => (await busReady).publish(message), log);
  const changes = new Changes(clock);
  const writer = new Writer(queries, clock, { send: (messages) => outbox.send(messages), note: (note) => onNote(note) });
  const connectionLoss = new ConnectionLoss(clock, writer, log);
  const tally = new Tally(clock, log);
  const ingest = new Ingest(writer, tally, log);

  function onNote(note: Note): void {
    switch (note.kind) {
      case 'events-stored':
      case 'result-stored':
        changes.announce();
        break;
      case 'connection-lost':
        connectionLoss.watch(note.client, note.since);
        break;
      case 'client-shut-out':
        // An agent goes by itself as soon as its word is acknowledged, which it is not before this returns.
        clock.setTimer(shutOutMs, () => void busReady.then((bus) => bus.disconnect(note.client)));
        break;
    }
  }

  const { credentials, issued } = await ensureCredentials(folder, writer, { organizationId, enrollmentToken, operatorPassword });

  const receive = ingest.receive.bind(ingest);
  const authority = lazyAuthority(folder, credentials.platformId, () => clock.now());
  const { credentialKind: kind = 'secret', credentialSeconds = defaultCredentialSeconds } = options;
  const serverCertificate = async () => {
    const ours = await authority();
    return { ...(await ours.issueServer(clock.now())), authority: ours.certificate };
  };
  const opened = await openBus(options, { queries, writer, receive, log, platformId: credentials.platformId, serverCertificate });
  const { bus } = opened;
  shutdown.add('work under way', async () => {
    connectionLoss.stop();
    await ingest.idle();
    await writer.idle();
  });
  shutdown.add('broker', async () => {
    outbox.stop();
    await bus.close();
  });
  provideBus(bus);

  outbox.send(await platformMessages(queries, clock.now(), bus.keepsRetained));
  if (!bus.keepsRetained) outbox.send(await agentMessages(queries));
  await outbox.idle();
  await writer.write((work) => resumeConnectionLoss(work, !bus.keepsRetained));
  const { mqttUrl, mqttsUrl } = await opened.open();

  const app = createHttpServer(log);
  shutdown.add('HTTP', () => app.close());
  await addApi(app, { queries, writer, changes }, () => tally.counts());
  addClientApi(app, { writer, log, terms: { kind, lifetimeMs: credentialSeconds * 1000, authority } });
  const httpUrl = await listenHttp(app, options.httpPort ?? 0);
  await folder.saveEndpoint({ mqttUrl, ...(mqttsUrl === null ? {} : { mqttsUrl }), httpUrl, pid: process.pid });
  log.info('the platform is ready', { mqttUrl, mqttsUrl, httpUrl, organizationId: credentials.organizationId });
  return {
    mqttUrl,
    mqttsUrl,
    httpUrl,
    organizationId: credentials.organizationId,
    enrollmentToken: credentials.enrollmentToken,
    operator: credentials.operator,
    adminToken: credentials.adminToken,
    credentialsIssued: issued,
    stop: () => shutdown.run(),
  };
}
