import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';

import { parseTopic, topicRules } from '@jpd/agent/contract';
import type { AedesPublishPacket, AuthenticateError, Client, PublishPacket } from 'aedes';
import { Aedes } from 'aedes';

import type { ClientRef } from '../client-ref.ts';
import { messageOf, StartError } from '../errors.ts';
import { fingerprint } from '../enrolment/fingerprint.ts';
import type { Log } from '../log.ts';
import type { Principal } from './access-rules.ts';
import { mayPublish, mayReceive, maySubscribe, principalKey } from './access-rules.ts';
import type { Authenticator } from './authenticator.ts';
import type { Bus, OutgoingMessage, Receive } from './bus.ts';

const loopback = '127.0.0.1';

/** Return codes of CONNACK, MQTT 3.1.1 3.2.2.3. */
const returnCodes = { 'bad-credentials': 4, 'not-authorized': 5 } as const;

/** PEM all three. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly privateKey: string;
  /** That clients' certificates are of. */
  readonly authority: string;
}

function refusal(reason: keyof typeof returnCodes): AuthenticateError {
  return Object.assign(new Error(reason), { returnCode: returnCodes[reason] });
}

/** Fingerprint of a certificate that the authority signed and whose time is not over, null without one. */
function certificateOf({ conn }: Client): string | null {
  if (!(conn instanceof TLSSocket) || !conn.authorized) return null;
  const { raw } = conn.getPeerCertificate();
  return raw === undefined ? null : fingerprint(raw);
}

/**
 * The platform's own broker: MQTT 3.1.1 over TCP, and TLS where it is asked for, on loopback. Retained messages and sessions live in memory; the platform publishes what is
 * retained from its database before it listens, and agents publish theirs again when they connect.
 */
export class EmbeddedBroker implements Bus {
  readonly keepsRetained = false;
  readonly #aedes: Aedes;
  readonly #authenticator: Authenticator;
  readonly #receive: Receive;
  readonly #log: Log;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #principals = new WeakMap<Client, Principal>();
  /** Who is connected under an MQTT client id. */
  readonly #live = new Map<string, Client>();
  #closing = false;

  private constructor(aedes: Aedes, authenticator: Authenticator, receive: Receive, log: Log) {
    this.#aedes = aedes;
    this.#authenticator = authenticator;
    this.#receive = receive;
    this.#log = log;
    aedes.authenticate = (client, userName, password, done) => this.#authenticate(client, userName, password, done);
    aedes.authorizePublish = (client, packet, done) => this.#authorizePublish(client, packet, done);
    aedes.authorizeSubscribe = (client, subscription, done) => done(null, this.#maySubscribe(client, subscription.topic) ? subscription : null);
    // A client with a session gets refused filters of a SUBSCRIBE into that session when another filter of it is granted (aedes 1.2, storeSubscriptions).
    aedes.authorizeForward = (client, packet: AedesPublishPacket) => (this.#may(client, mayReceive, packet.topic) ? packet : null);
    this.#watch();
  }

  static async create(authenticator: Authenticator, receive: Receive, log: Log): Promise<EmbeddedBroker> {
    return new EmbeddedBroker(await Aedes.createBroker(), authenticator, receive, log);
  }

  /** @returns the address. @throws StartError listen-failed */
  async listen(port: number): Promise<string> {
    return `mqtt://${await this.#listen(
      createServer((socket) => this.#accept(socket)),
      port,
    )}`;
  }

  /** A client may show a certificate of the authority; whether it must is a matter of its login. @throws StartError listen-failed */
  async listenTls(port: number, { certificate, privateKey, authority }: ServerCertificate): Promise<string> {
    const options = {
      cert: certificate,
      key: privateKey,
      ca: authority,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    } as const;
    const server = createTlsServer(options, (socket) => this.#accept(socket));
    server.on('tlsClientError', (error) => this.#log.info('a connection was ended', { error: error.message }));
    return `mqtts://${await this.#listen(server, port)}`;
  }

  async #listen(server: Server, port: number): Promise<string> {
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(new StartError('listen-failed', `cannot listen on MQTT port ${port}: ${messageOf(cause)}`, { cause })));
      server.listen(port, loopback, resolve);
    });
    // A server on a port has an AddressInfo; the other types are for pipes and before listening.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { port: chosen } = server.address() as AddressInfo;
    return `${loopback}:${chosen}`;
  }

  publish({ topic, payload, retain }: OutgoingMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#aedes.publish({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain, dup: false }, (error) =>
        error === undefined || error === null ? resolve() : reject(error),
      );
    });
  }

  disconnect({ clientId }: ClientRef): void {
    this.#live.get(clientId)?.close();
  }

  async close(): Promise<void> {
    this.#closing = true;
    const closed = Promise.all(
      this.#servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
          }),
      ),
    );
    await new Promise<void>((resolve) => {
      this.#aedes.close(resolve);
    });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#closing) socket.destroy();
    else this.#aedes.handle(socket);
  }

  #watch(): void {
    this.#aedes.on('client', (client) => this.#live.set(client.id, client));
    this.#aedes.on('clientDisconnect', (client) => {
      // After a take-over the id is the newcomer's.
      if (this.#live.get(client.id) === client) this.#live.delete(client.id);
    });
    const troubled = (client: Client, error: Error): void =>
      this.#log.info('a connection was ended', { mqttClientId: client.id, error: error.message });
    this.#aedes.on('clientError', troubled);
    this.#aedes.on('connectionError', troubled);
  }

  #may(client: Client, rule: (principal: Principal, topic: string) => boolean, topic: string): boolean {
    const principal = this.#principals.get(client);
    return principal !== undefined && rule(principal, topic);
  }

  #maySubscribe(client: Client, filter: string): boolean {
    const allowed = this.#may(client, maySubscribe, filter);
    if (!allowed) this.#log.warn('a subscription was refused', { mqttClientId: client.id, filter });
    return allowed;
  }

  #authenticate(
    client: Client,
    userName: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    this.#authenticator.judge({ mqttClientId: client.id, userName, password, certificate: certificateOf(client) }).then(
      (verdict) => {
        const reason = verdict.accepted ? this.#clash(client.id, verdict.principal) : verdict.reason;
        if (!verdict.accepted || reason !== null) {
          this.#log.warn('a login was refused', { mqttClientId: client.id, reason });
          done(refusal(reason ?? 'not-authorized'), false);
          return;
        }
        this.#principals.set(client, verdict.principal);
        done(null, true);
      },
      (error: unknown) => {
        this.#log.error('a login could not be judged', { error: messageOf(error) });
        done(Object.assign(new Error('server unavailable'), { returnCode: 3 as const }), false);
      },
    );
  }

  /** A login under an id that is in use takes that connection over; nobody may do that to someone else. */
  #clash(mqttClientId: string, principal: Principal): 'not-authorized' | null {
    const live = this.#live.get(mqttClientId);
    const owner = live === undefined ? undefined : this.#principals.get(live);
    return owner === undefined || principalKey(owner) === principalKey(principal) ? null : 'not-authorized';
  }

  /** aedes acknowledges a message to its sender after this and before anything else is done with it: what is said must be kept by then. */
  #authorizePublish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    if (client === null) return done(null);
    // Wills of connections that this shutdown ends; the next start takes those clients for lost.
    if (this.#closing) return done(new Error('the platform is stopping'));
    if (!this.#may(client, mayPublish, packet.topic)) {
      this.#log.warn('a message was kept out', { mqttClientId: client.id, topic: packet.topic });
      return done(new Error('not allowed to publish there'));
    }
    if (this.#principals.get(client)?.role !== 'client') return done(null);
    const kind = parseTopic(packet.topic)?.kind;
    packet.retain = packet.retain && kind !== undefined && topicRules[kind].retained;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    this.#receive({ topic: packet.topic, payload, willWasDelayed: false }).then(
      () => done(null),
      (error: unknown) => done(new Error('the message could not be kept', { cause: error })),
    );
  }
}
