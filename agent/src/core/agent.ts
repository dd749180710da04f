import { type Clock, type HidPort, type OperatorMapping } from '@jpd/protocol';
import { type Desired, type DeviceDocument, encode, timestamp, timestampMs, type PayloadOf } from '../contract/index.ts';
import type { Entropy, Host, Log, PlatformLink, Store, StoreWrite } from '../ports/index.ts';
import { type AgentState, clearForNewIdentity, loadState } from './agent-state.ts';
import { clientDocument } from './client-document.ts';
import { type CommandOutcome, Commands, notSupported } from './commands.ts';
import { DeviceManager } from './devices/device-manager.ts';
import { Discovery } from './devices/discovery.ts';
import { enrol, type Identity, markRevoked, renamed } from './enrolment.ts';
import { CloneWatch } from './platform/clone-watch.ts';
import { Connector } from './platform/connector.ts';
import type { Delivery, InboundHandlers } from './platform/inbox.ts';
import { LinkState } from './platform/link-state.ts';
import { type EventDraft, Outbox } from './platform/outbox.ts';
import { PlatformSession } from './platform/platform-session.ts';
import { Publisher } from './platform/publisher.ts';
import { Violations } from './platform/violations.ts';
import { PolicyHolder } from './policy-holder.ts';
import { Journal } from './state/journal.ts';

const willDelaySeconds = 30;
const sessionExpirySeconds = 7 * 24 * 3600;
const receiveMaximum = 32;
const keepAliveSeconds = 300;
const webSocketKeepAliveSeconds = 60;
const goodbyeStepMs = 1200;

/** The configuration as far as the core needs it. */
export interface AgentSettings {
  readonly organizationId: string;
  readonly enrollmentToken: string | null;
  readonly clientName: string | null;
  readonly clientVersion: string;
  readonly brokerUrl: string;
  readonly mode: 'personal' | 'room';
  readonly tls: { readonly caFile: string | null; readonly certFile: string | null; readonly keyFile: string | null };
  readonly reconnect: { readonly minMs: number; readonly maxMs: number };
  readonly loginSessionId: string;
  readonly operatorMappings: readonly OperatorMapping[];
}

export interface AgentPorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly host: Host;
  readonly store: Store;
  readonly hid: HidPort;
  readonly link: PlatformLink;
}

/** What is remade when the client id changes. */
interface Platform {
  readonly identity: Identity;
  readonly session: PlatformSession;
  readonly connector: Connector;
}

/** The agent's core: devices on one side, the platform on the other, and between them what was desired, locked, and happened. */
export class Agent {
  readonly #ports: AgentPorts;
  readonly #settings: AgentSettings;
  readonly #state: AgentState;
  readonly #journal: Journal;
  readonly #policy: PolicyHolder;
  readonly #outbox: Outbox;
  readonly #publisher: Publisher;
  readonly #devices: DeviceManager;
  readonly #discovery: Discovery;
  readonly #commands: Commands;
  readonly #violations = new Violations();
  readonly #clones = new CloneWatch();
  readonly #linkState: LinkState;
  readonly #sessionId: string;
  readonly #startedAt: string;
  #identity: Identity;
  #platform: Platform | null = null;
  #loginSessionId: string;
  #endHostChanges: (() => void) | null = null;
  #clientSaid = '';
  /** This connection is the first one of the login session. */
  #firstConnect = false;

  private constructor(ports: AgentPorts, settings: AgentSettings, state: AgentState, identity: Identity) {
    this.#ports = ports;
    this.#settings = settings;
    this.#state = state;
    this.#identity = identity;
    this.#loginSessionId = settings.loginSessionId;
    const { clock, entropy, log } = ports;
    this.#sessionId = entropy.uuid();
    this.#startedAt = timestamp(clock.now());
    this.#journal = new Journal(ports.store, clock, log.child('state'));
    this.#policy = new PolicyHolder(state.policy);
    this.#linkState = new LinkState(state.link);
    this.#outbox = new Outbox(state.events, clock, entropy, (writes) => this.#journal.commit(writes));
    this.#publisher = new Publisher((topic, error) => {
      log.warn('a document could not be published', { topic, error });
    });
    this.#devices = new DeviceManager({
      clock,
      log: log.child('devices'),
      records: state.devices,
      desired: state.desired,
      policy: () => this.#policy.rules,
      commit: (writes, events) => this.#commit(writes, events),
      publish: (deviceId, document) => {
        this.#publishDevice(deviceId, document);
      },
      sha256: (text) => entropy.sha256(text),
    });
    const { hid } = ports;
    const { operatorMappings } = settings;
    this.#discovery = new Discovery({ hid, clock, log: log.child('discovery'), operatorMappings, listener: this.#devices });
    this.#commands = new Commands({
      clock,
      log: log.child('commands'),
      records: state.commands,
      commit: (writes) => this.#journal.commit(writes),
      publish: async (result, source) => this.#platform?.session.publishResult(result.commandId, result, source),
      runners: { refresh: ({ deviceId }) => this.#refresh(deviceId), 'forget-device': ({ deviceId }) => this.#forget(deviceId) },
    });
  }

  /** Loads the state, enrols, and begins to work; devices and broker may come later. */
  static async start(ports: AgentPorts, settings: AgentSettings): Promise<Agent> {
    const { log, store, entropy, host } = ports;
    for (const damage of store.damage) log.error('the state was damaged', { ...damage });
    const state = await loadState(store, log);
    const machineId = await host.machineId();
    const { kind, identity, writes } = enrol(
      state.identity,
      { organizationId: settings.organizationId, enrollmentToken: settings.enrollmentToken, machineId },
      entropy,
    );
    if (kind === 'cloned') log.warn('this state came from another machine: the client takes a new id');
    const cleared = kind === 'anew' || kind === 'cloned' ? clearForNewIdentity(state) : [];
    const agent = new Agent(ports, settings, state, identity);
    await agent.#journal.commit([...cleared, ...writes]);
    await agent.#begin();
    return agent;
  }

  get clientId(): string {
    return this.#identity.clientId;
  }

  /** The platform revoked this client: it does nothing until it is enrolled anew. */
  get revoked(): boolean {
    return this.#identity.revoked;
  }

  documents(): readonly DeviceDocument[] {
    return this.#devices.documents();
  }

  /** Another person logged in, or the same one again: what waited for a login is applied. */
  async loginChanged(loginSessionId: string): Promise<void> {
    this.#loginSessionId = loginSessionId;
    await this.#devices.release(loginSessionId);
    await this.#enqueueClient();
  }

  /** The network changed or the PC woke up. */
  networkChanged(): void {
    this.#platform?.connector.tryNow();
  }

  /** Ends the work: devices are let go as they are, the platform is told, the state is closed. */
  async stop(): Promise<void> {
    this.#endHostChanges?.();
    await this.#devices.stop();
    await this.#discovery.stop();
    if (!this.revoked) await this.#commit([], [{ type: 'agent.stopped', data: { reason: 'shutdown' } }]);
    this.#platform?.connector.stop();
    await this.#platform?.session.leave('shutdown', goodbyeStepMs);
    await this.#journal.close();
  }

  async #begin(): Promise<void> {
    const { log, store, host } = this.#ports;
    if (this.revoked) {
      log.warn('this client was revoked by the platform; it stays silent until it is enrolled anew');
      return;
    }
    log.info('started', { clientId: this.clientId, sessionId: this.#sessionId, loginSessionId: this.#loginSessionId });
    await this.#devices.release(this.#policy.rules.applySettings === 'immediately' || this.#settings.mode === 'room' ? null : this.#loginSessionId);
    const damage = store.damage.map(({ message }) => message);
    const { clientVersion } = this.#settings;
    const data = { version: clientVersion, loginSessionId: this.#loginSessionId, ...(damage.length > 0 ? { damage } : {}) };
    await this.#commit([], [{ type: 'agent.started', data }]);
    this.#endHostChanges = host.onChange(() => {
      this.#platform?.connector.tryNow();
      void this.#enqueueClient();
    });
    this.#openPlatform(this.#identity);
    this.#discovery
      .start()
      .then(() => this.#devices.settle())
      .catch((error: unknown) => {
        log.error('devices could not be examined', { error });
      });
  }

  #openPlatform(identity: Identity): void {
    const { clock, log, link, entropy } = this.#ports;
    const { brokerUrl, tls, reconnect, enrollmentToken } = this.#settings;
    const session: PlatformSession = new PlatformSession({
      clock,
      log: log.child('platform'),
      outbox: this.#outbox,
      publisher: this.#publisher,
      organizationId: identity.organizationId,
      clientId: identity.clientId,
      sessionId: this.#sessionId,
      handlers: this.#handlers(),
      enqueueDocuments: () => this.#enqueueDocuments(),
      onEstablished: () => this.#journal.commit([this.#linkState.saveConnectedLogin(this.#loginSessionId)]),
      onForeignPresence: () => {
        this.#thrownOff();
      },
    });
    const webSocket = /^wss?:/.test(brokerUrl);
    const connector = new Connector({
      link,
      clock,
      log: log.child('link'),
      entropy,
      state: this.#linkState,
      limits: reconnect,
      url: brokerUrl,
      configuration: entropy.sha256(JSON.stringify([brokerUrl, identity.organizationId, identity.enrolment, tls, reconnect])),
      options: () => ({
        clientId: identity.clientId,
        userName: `${identity.organizationId}/${identity.clientId}`,
        password: enrollmentToken,
        will: session.will(),
        willDelaySeconds,
        sessionExpirySeconds,
        receiveMaximum,
        keepAliveSeconds: webSocket ? webSocketKeepAliveSeconds : keepAliveSeconds,
        tls,
      }),
      save: (write) => this.#journal.commit([write]),
      onConnected: (connection, version) => {
        this.#firstConnect = this.#linkState.connectedLogin() !== this.#loginSessionId;
        session.open(connection, version);
      },
      onClosed: ({ reasonCode }) => {
        session.closed();
        this.#commands.disconnected();
        if (reasonCode === 0x8e) this.#thrownOff();
      },
    });
    this.#platform = { identity, session, connector };
    connector.start();
  }

  /** Another PC uses our client id: after the third time within a minute this one takes another. */
  #thrownOff(): void {
    if (!this.#clones.thrownOff(this.#ports.clock.monotonic())) return;
    this.#ports.log.warn('another computer uses this client id: this one takes a new id');
    const old = this.#platform;
    old?.connector.stop();
    const { identity, write } = renamed(this.#state.identity, this.#identity, this.#ports.entropy);
    this.#identity = identity;
    void this.#journal
      .commit([write])
      .then(() => old?.session.leave('shutdown', goodbyeStepMs))
      .then(() => {
        this.#openPlatform(identity);
        return undefined;
      });
  }

  #handlers(): InboundHandlers {
    return {
      payload: {
        policy: (policy) => this.#policyReceived(policy),
        desired: (desired, delivery) => this.#desiredReceived(desired, delivery),
        commands: async (command, { retained, message }) => {
          if (!retained) await this.#commands.receive(command, message);
        },
        acks: async ({ ids, sentAt }) => {
          if (ids.some((id) => this.#outbox.wasSentNow(id))) this.#commands.platformTime(timestampMs(sentAt));
          await this.#outbox.acknowledge(ids);
        },
        presence: async (presence) => this.#platform?.session.heardPresence(presence),
      },
      deleted: async (kind, { id }) => {
        if (kind === 'desired') await this.#devices.desiredForgotten(id);
      },
      violation: async (kind, topic, problems) => {
        this.#ports.log.warn('a message breaks the contract and was ignored', { topic, problems });
        const event = this.#violations.event(kind, topic, problems, this.#ports.clock.monotonic());
        if (event) await this.#commit([], [event]);
      },
    };
  }

  get #appliesImmediately(): boolean {
    return this.#settings.mode === 'room' || this.#policy.rules.applySettings === 'immediately';
  }

  async #policyReceived(policy: PayloadOf<'policy'>): Promise<void> {
    const write = this.#policy.take(policy);
    if (!write) return;
    await this.#journal.commit([write]);
    this.#ports.log.setLevel(policy.logLevel);
    this.#ports.log.info('a policy rules', { revision: policy.revision, applySettings: policy.applySettings, revoked: policy.revoked });
    if (policy.revoked) {
      await this.#revoke();
      return;
    }
    if (this.#appliesImmediately) await this.#devices.release(null);
    await this.#enqueueClient();
  }

  async #desiredReceived(desired: Desired, { id, retained, beforeSuback }: Delivery): Promise<void> {
    const held = this.#state.desired.get(id);
    if (held && desired.revision < held.document.revision) return;
    // What was there before the first connect of a login session was published before that login (contract 4).
    const waitsForLogin = this.#appliesImmediately || (this.#firstConnect && (retained || beforeSuback)) ? null : this.#loginSessionId;
    if (held?.document.revision === desired.revision) {
      if (waitsForLogin === null && held.waitsForLogin !== null) await this.#devices.desiredReceived(id, held.document, null);
      return;
    }
    await this.#devices.desiredReceived(id, desired, waitsForLogin);
  }

  async #revoke(): Promise<void> {
    const { log } = this.#ports;
    log.warn('the platform revoked this client: locks are released, and nothing is sent any more');
    await this.#devices.stop();
    this.#outbox.detach();
    const writes = [markRevoked(this.#state.identity, this.#identity), ...this.#outbox.clear(), ...this.#state.desired.clear()];
    this.#identity = { ...this.#identity, revoked: true };
    await this.#journal.commit(writes);
    this.#platform?.connector.stop();
    // Not awaited: this runs in the delivery of the policy, whose end the connection waits for.
    void this.#platform?.session.leave('revoked', goodbyeStepMs * 4).then(() => this.#discovery.stop());
  }

  async #commit(writes: readonly StoreWrite[], events: readonly EventDraft[]): Promise<void> {
    const { writes: eventWrites, flush } = this.#outbox.append(events);
    await this.#journal.commit([...writes, ...eventWrites]);
    flush();
  }

  async #enqueueDocuments(): Promise<void> {
    this.#clientSaid = '';
    await this.#enqueueClient();
    for (const document of this.documents()) this.#publishDevice(document.deviceId, document);
    for (const [deviceId] of this.#state.tombstones.entries()) this.#enqueueTombstone(deviceId);
  }

  async #enqueueClient(): Promise<void> {
    const { clock, host } = this.#ports;
    const session = this.#platform?.session;
    if (!session?.connected) return;
    const { clientName, clientVersion, mode } = this.#settings;
    const facts = { clientId: this.clientId, clientName, clientVersion, mode, loginSessionId: this.#loginSessionId, startedAt: this.#startedAt };
    const body = await clientDocument(facts, host, this.#policy.rules.metadata);
    const said = JSON.stringify(body);
    if (said === this.#clientSaid) return;
    this.#clientSaid = said;
    this.#publisher.enqueue(session.topics.client, () => ({
      topic: session.topics.client,
      payload: encode('client', body, clock.now()),
      retain: true,
    }));
  }

  #publishDevice(deviceId: string, document: DeviceDocument | null): void {
    const session = this.#platform?.session;
    if (!document) {
      void this.#journal.commit([this.#state.tombstones.put(deviceId, true)]);
      this.#enqueueTombstone(deviceId);
      return;
    }
    if (this.#state.tombstones.get(deviceId)) void this.#journal.commit([this.#state.tombstones.remove(deviceId)]);
    if (!session) return;
    const topic = session.topics.device(deviceId);
    this.#publisher.enqueue(topic, () => ({ topic, payload: encode('devices', document, this.#ports.clock.now()), retain: true }));
  }

  #enqueueTombstone(deviceId: string): void {
    const topic = this.#platform?.session.topics.device(deviceId);
    if (topic === undefined) return;
    const gone = (): void => void this.#journal.commit([this.#state.tombstones.remove(deviceId)]);
    this.#publisher.enqueue(topic, () => ({ topic, payload: '', retain: true }), gone);
  }

  async #refresh(deviceId: string | undefined): Promise<CommandOutcome> {
    const wanted = deviceId === undefined ? this.documents().map((document) => document.deviceId) : [deviceId];
    const devices = wanted.map((id) => this.#devices.device(id));
    if (deviceId !== undefined && !devices[0])
      return { status: 'failed', error: { code: 'unknown-device', message: 'this client knows no such device' } };
    await Promise.all(devices.map((device) => device?.refresh()));
    await this.#enqueueClient();
    return { status: 'succeeded' };
  }

  async #forget(deviceId: string | undefined): Promise<CommandOutcome> {
    if (deviceId === undefined) return notSupported('forget-device needs a deviceId');
    const known = await this.#devices.forget(deviceId);
    return known ? { status: 'succeeded' } : { status: 'failed', error: { code: 'unknown-device', message: 'this client knows no such device' } };
  }
}
