import type { DeviceDocument, Policy } from '../contract/index.ts';
import type { StoreWrite } from '../ports/index.ts';
import { examineDevices, forgetDesired, letDevicesGo } from './agent-devices.ts';
import { buildEnroller } from './agent-enroller.ts';
import { beginning, startedEvent } from './agent-begin.ts';
import { type AgentOverview, overviewOf } from './agent-overview.ts';
import { type AgentParts, buildParts } from './agent-parts.ts';
import { platformOf } from './agent-platform.ts';
import type { AgentPorts, AgentSettings } from './agent-settings.ts';
import type { AgentState } from './agent-state.ts';
import type { Enroller } from './enrolment/enroller.ts';
import { type EnrolmentKind, type Identity, markRevoked, renamed } from './enrolment/identity.ts';
import type { FirmwareControl } from './firmware/view.ts';
import { inboundHandlers } from './inbound.ts';
import { endMs, revokedMs } from './end-times.ts';
import { within } from './in-time.ts';
import { CloneWatch } from './platform/clone-watch.ts';
import type { Platform } from './platform/platform-wiring.ts';
import type { SessionHandlers } from './platform/session-context.ts';
import { Power } from './power/power.ts';
import { type DescribedHistory, describeSent } from './privacy/describe-sent.ts';
import type { MetadataGates } from './privacy/gates.ts';

export type { AgentPorts, AgentSettings } from './agent-settings.ts';

/** The agent's core: devices on one side, the platform on the other, and between them what was desired, locked, and happened. */
export class Agent {
  readonly person: AgentParts['person'];
  readonly #ports: Omit<AgentPorts, 'link'>;
  readonly #settings: AgentSettings;
  readonly #state: AgentState;
  readonly #parts: AgentParts;
  readonly #handlers: SessionHandlers;
  readonly #clones = new CloneWatch();
  readonly #enroller: Enroller;
  readonly #power: Power;
  /** Of this start. */
  readonly #sessionId: string;
  #identity: Identity;
  #platform: Platform | null = null;
  #endHostChanges: (() => void) | null = null;
  #stopped: Promise<void> | null = null;

  private constructor(ports: AgentPorts, settings: AgentSettings, state: AgentState, identity: Identity) {
    this.#ports = ports;
    this.#settings = settings;
    this.#state = state;
    this.#identity = identity;
    this.#sessionId = ports.entropy.uuid();
    this.#parts = buildParts(ports, settings, state, {
      clientId: () => this.clientId,
      isRevoked: () => this.revoked,
      session: () => this.#platform?.session ?? null,
    });
    this.person = this.#parts.person;
    this.#enroller = buildEnroller(ports, settings, this.#parts, {
      identity: () => this.#identity,
      onNewLogin: () => this.#platform?.connector.tryNow(),
      onClientExists: () => {
        this.#becomeAnother();
      },
    });
    this.#power = new Power(
      {
        ...ports,
        ...this.#parts,
        platform: () => this.#platform,
        takePlatform: () => this.#takePlatform(),
        openPlatform: () => {
          this.#openPlatform();
        },
        networkChanged: () => {
          this.networkChanged();
        },
      },
      endMs.goodbyeStep,
    );
    this.#handlers = inboundHandlers({
      ...ports,
      ...this.#parts,
      desired: state.desired,
      policyReceived: (policy) => this.#policyReceived(policy),
      tell: (event) => this.#parts.commit([], [event]),
    });
  }

  /** Loads the state, enrols, and begins to work; devices and broker may come later. */
  static async start(ports: AgentPorts, settings: AgentSettings): Promise<Agent> {
    const { state, kind, identity, writes } = await beginning(ports, settings);
    const agent = new Agent(ports, settings, state, identity);
    await agent.#parts.journal.commit(writes);
    await agent.#begin(kind);
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
    return this.#parts.devices.documents();
  }

  /** Firmware as a user interface shows and asks it; null where this agent installs none. */
  get firmware(): FirmwareControl | null {
    return this.#parts.firmware;
  }

  /** What a user interface shows. */
  overview(): AgentOverview {
    const present = { identity: this.#identity, enroller: this.#enroller, connector: this.#platform?.connector ?? null };
    return overviewOf(this.#ports.clock, this.#settings, this.#parts, this.#state, present);
  }

  /** Something of the overview may have changed. Returns what ends the subscription. */
  onChange(listener: () => void): () => void {
    return this.#parts.changed.add(listener);
  }

  /** What left this PC in the last 30 days, newest first, and what the policy lets leave now. */
  async sent(): Promise<DescribedHistory & { readonly gates: MetadataGates }> {
    return { ...describeSent(await this.#ports.sentLog.read()), gates: this.#parts.policy.rules.metadata };
  }

  /** Something left this PC, and `sent` tells it. Returns what ends the subscription. */
  onSent(listener: () => void): () => void {
    return this.#parts.sent.add(listener);
  }

  /** Another person logged in, or the same one again: what waited for a login is applied. */
  async loginChanged(loginSessionId: string): Promise<void> {
    if (this.#isSilent) return;
    const { clientPublishing, devices, gate, journal } = this.#parts;
    await journal.commit(gate.changed(loginSessionId, this.#platform?.session.established ?? false));
    await devices.release(loginSessionId);
    await clientPublishing.update();
  }

  /** The PC is about to sleep. Resolves when the platform knows, or can't be told. */
  suspending(): Promise<void> {
    return this.#power.suspending();
  }

  /** The PC woke up. Said or not, the agent notices within about a minute. */
  resumed(): void {
    this.#power.resumed();
  }

  /** The network changed. */
  networkChanged(): void {
    this.#enroller.tryNow();
    this.#platform?.connector.tryNow();
    this.#parts.firmware?.networkChanged();
  }

  /** Ends the work within 5 s: devices are let go as they are, the platform is told, the state is closed. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Nothing is said and nothing is begun any more. */
  get #isSilent(): boolean {
    return this.revoked || this.#stopped !== null;
  }

  async #begin(kind: EnrolmentKind): Promise<void> {
    const { log, host } = this.#ports;
    const { appliesImmediately, clientPublishing, commit, devices, gate, policy } = this.#parts;
    const { received } = policy;
    if (received) log.setLevel(received.logLevel);
    await this.#enroller.open(kind);
    if (this.revoked) {
      log.warn('this client was revoked by the platform; it stays silent until it is enrolled anew');
      await forgetDesired(this.#state, this.#parts);
      // They are left to whoever sits before them, here and in `#revoke`.
      if (this.#settings.attended === true) examineDevices(this.#parts, log);
      return;
    }
    const { loginSessionId } = gate;
    log.info('started', { clientId: this.clientId, sessionId: this.#sessionId, loginSessionId });
    await devices.release(appliesImmediately() ? null : loginSessionId);
    await commit([], [startedEvent(this.#ports, this.#settings, loginSessionId)]);
    this.#endHostChanges = host.onChange(() => {
      this.networkChanged();
      void clientPublishing.update();
    });
    this.#openPlatform();
    this.#power.start();
    examineDevices(this.#parts, log);
  }

  #openPlatform(): void {
    this.#platform = platformOf(this.#ports, this.#settings, this.#parts, {
      identity: this.#identity,
      sessionId: this.#sessionId,
      clones: this.#clones,
      enroller: this.#enroller,
      handlers: this.#handlers,
      onCloned: () => {
        this.#becomeAnother();
      },
    });
    this.#enroller.begin(() => this.#platform?.connector.start());
  }

  async #policyReceived(received: Policy): Promise<void> {
    const { log } = this.#ports;
    const { appliesImmediately, clientPublishing, devices, journal, policy } = this.#parts;
    const write = policy.take(received);
    if (!write) return;
    const { applySettings, logLevel, revision, revoked } = received;
    log.setLevel(logLevel);
    log.info('a policy rules', { revision, applySettings, revoked });
    if (revoked) {
      await this.#revoke(write);
      return;
    }
    // At once: what may not be told any more doesn't wait for the disk.
    void clientPublishing.update();
    await journal.commit([write]);
    this.#parts.firmware?.rulesChanged();
    this.#parts.changed.emit();
    if (appliesImmediately()) await devices.release(null);
  }

  async #revoke(write: StoreWrite): Promise<void> {
    const { clock, log } = this.#ports;
    const { journal, outbox, publisher } = this.#parts;
    log.warn('the platform revoked this client: locks are released, and nothing is sent any more');
    const revoked = markRevoked(this.#state.identity, this.#identity, clock.now());
    this.#identity = revoked.identity;
    this.#parts.changed.emit();
    this.#endWatching();
    const forgotten = this.#enroller.forget();
    outbox.detach();
    publisher.detach();
    await within(clock, revokedMs.disk, Promise.all([forgotten, journal.commit([write, revoked.write, ...outbox.clear()])]));
    this.#platform?.connector.stop();
    // Not awaited: this runs in the delivery of the policy, whose end the connection waits for.
    void this.#platform?.session.leave('revoked', revokedMs.goodbyeStep);
    forgetDesired(this.#state, this.#parts)
      .then(() => (this.#settings.attended === true ? this.#parts.firmware?.stop() : letDevicesGo(clock, this.#parts)))
      .catch((error: unknown) => {
        log.error('devices could not be let go', { error });
      });
  }

  #becomeAnother(): void {
    this.#takeNewId().catch((error: unknown) => {
      this.#ports.log.error('a new client id could not be taken', { error });
    });
  }

  /** Another PC uses our client id. What the platform said to that name isn't meant for the new one; what happened here still happened. */
  async #takeNewId(): Promise<void> {
    if (this.#isSilent) return;
    this.#ports.log.warn('another computer uses this client id: this one takes a new id');
    const { identity, policy, commands, held, tombstones } = this.#state;
    const old = this.#takePlatform();
    old?.connector.stop();
    const { identity: next, write } = renamed(identity, this.#identity, this.#ports.entropy);
    this.#identity = next;
    await this.#parts.journal.commit([write, ...policy.clear(), ...commands.clear(), ...held.clear(), ...tombstones.clear()]);
    await forgetDesired(this.#state, this.#parts);
    await old?.session.abandon(endMs.goodbyeStep);
    if (!this.#isSilent && !this.#power.isResting) this.#openPlatform();
  }

  #takePlatform(): Platform | null {
    const platform = this.#platform;
    this.#platform = null;
    return platform;
  }

  #endWatching(): void {
    this.#endHostChanges?.();
    this.#power.stop();
  }

  async #stop(): Promise<void> {
    const { clock } = this.#ports;
    const { commit, journal } = this.#parts;
    this.#endWatching();
    this.#enroller.stop();
    await letDevicesGo(clock, this.#parts);
    await within(clock, endMs.lastEvent, commit([], [{ type: 'agent.stopped', data: { reason: 'shutdown' } }]));
    this.#platform?.connector.stop();
    // A longer goodbye may be under way.
    if (this.#platform) await within(clock, endMs.goodbye, this.#platform.session.leave('shutdown', endMs.goodbyeStep));
    await within(clock, endMs.state, Promise.all([journal.close(), this.#ports.sentLog.flush()]));
  }
}
