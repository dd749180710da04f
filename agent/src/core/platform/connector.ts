import { CancelSource, type Clock, type Timer } from '@jpd/protocol';
import type { ConnectFailure, ConnectionClosed, Entropy, Log, MqttVersion, StoreWrite } from '../../ports/index.ts';
import type { OutletConnection, OutletConnectOptions, OutletConnectResult, OutletLink } from '../privacy/outgoing.ts';
import type { LinkState } from './link-state.ts';
import { afterFailure, freshState, type ReconnectLimits, type ReconnectState, remainingMs } from './reconnect.ts';
import { VersionChoice } from './version-choice.ts';

/** MQTT 5, DISCONNECT: the server found that the client may not do this. */
const notAuthorized = 0x87;

export interface ConnectorContext {
  readonly link: OutletLink;
  readonly clock: Clock;
  readonly log: Log;
  readonly entropy: Entropy;
  readonly state: LinkState;
  readonly limits: ReconnectLimits;
  readonly url: string;
  /** Names the configuration that the wait counts for. */
  readonly configuration: string;
  /** Everything but the version, made anew for each attempt. */
  readonly options: () => Omit<OutletConnectOptions, 'version' | 'url'>;
  readonly save: (write: StoreWrite) => Promise<void>;
  /** The broker does not accept what was shown to it; the wait for the next attempt is decided. */
  readonly onRefused: () => void;
  /** Works on a connection until it ends. */
  readonly onConnected: (connection: OutletConnection) => void;
  /** It ended by itself, or was given up. */
  readonly onClosed: (closed: ConnectionClosed) => void;
}

type Failure = Pick<ConnectFailure, 'kind' | 'retryAfterMs'>;

/** Keeps one connection: attempts, versions, waits. What is said over it is not its business. */
export class Connector {
  readonly #context: ConnectorContext;
  readonly #choice: VersionChoice;
  #reconnect: ReconnectState;
  #timer: Timer | null = null;
  #attempt: CancelSource | null = null;
  #connection: OutletConnection | null = null;
  /** Failures before the connection that is up, for the case that it turns out to be of no use. */
  #failuresBefore = 0;
  /** The network changed while an attempt was under way over the old one. */
  #again = false;
  /** Somebody had it tried before its time. */
  #isHurried = false;
  #stopped = false;

  constructor(context: ConnectorContext) {
    this.#context = context;
    this.#choice = new VersionChoice(context.url, context.state.version());
    this.#reconnect = context.state.reconnect(context.configuration);
  }

  /** When the next attempt is made, Unix milliseconds; null while there is a connection, or an attempt is under way or due. */
  get nextTryAt(): number | null {
    const now = this.#context.clock.now();
    const waitMs = remainingMs(this.#reconnect, now);
    const isWaiting = !this.#stopped && !this.#connection && !this.#attempt && !this.#isHurried;
    return isWaiting && waitMs > 0 ? now + waitMs : null;
  }

  /** The first attempt is made at once unless a stored wait says later. */
  start(): void {
    // A wait of another configuration is over for good, even if that one comes back.
    this.#save(this.#reconnect);
    this.#schedule(remainingMs(this.#reconnect, this.#context.clock.now()));
  }

  /** The network changed or the PC woke up: no wait holds any more. */
  tryNow(): void {
    if (this.#stopped || this.#connection) return;
    if (this.#attempt) this.#again = true;
    else this.#hurry();
  }

  /** The connection that is up is of no use: ends it and tries again in time. */
  giveUp(reason: string): void {
    const connection = this.#connection;
    if (!connection || this.#stopped) return;
    // The CONNACK promised more than it held: the waits go on growing where they were.
    this.#reconnect = { ...this.#reconnect, failures: this.#failuresBefore };
    this.#closed(connection, { reasonCode: null, retryAfterMs: null, message: reason });
    connection.end(false).catch((error: unknown) => {
      this.#context.log.warn('a connection could not be ended', { error });
    });
  }

  /** No further attempt. A connection that is up is the caller's to end. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#attempt?.cancel();
  }

  #schedule(milliseconds: number): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#context.clock.setTimer(milliseconds, () => void this.#try());
  }

  async #try(): Promise<void> {
    if (this.#stopped || this.#connection || this.#attempt) return;
    const version = this.#choice.next(this.#context.clock.now());
    const result = await this.#connect(version);
    if (!result.accepted) this.#failed(version, result.failure);
    else if (this.#stopped) await result.connection.end(true).catch(() => undefined);
    else this.#accepted(result.connection, version);
  }

  /** An adapter that throws instead of answering is treated like a failed network: the agent goes on. */
  async #connect(version: MqttVersion): Promise<OutletConnectResult> {
    const { link, log, url } = this.#context;
    const attempt = new CancelSource();
    this.#attempt = attempt;
    this.#again = false;
    this.#isHurried = false;
    log.debug('connecting', { url, version });
    try {
      return await link.connect({ ...this.#context.options(), url, version }, attempt.signal);
    } catch (error) {
      log.error('a connection attempt failed unexpectedly', { error });
      return { accepted: false, failure: { kind: 'network', reasonCode: null, retryAfterMs: null, message: 'unexpected failure' } };
    } finally {
      this.#attempt = null;
    }
  }

  #accepted(connection: OutletConnection, version: MqttVersion): void {
    const { clock, log, save, state, configuration } = this.#context;
    log.info('connected', { version, sessionPresent: connection.sessionPresent });
    this.#connection = connection;
    const remembered = this.#choice.accepted(version, clock.now());
    if (remembered) void save(state.saveVersion(remembered));
    this.#failuresBefore = this.#reconnect.failures;
    this.#reconnect = freshState(configuration);
    this.#save(this.#reconnect);
    connection.onClosed((closed) => {
      this.#closed(connection, closed);
    });
    this.#context.onConnected(connection);
  }

  #closed(connection: OutletConnection, closed: ConnectionClosed): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#context.log.warn('the connection ended', { reason: closed.message, reasonCode: closed.reasonCode });
    this.#context.onClosed(closed);
    // The first failure after a good connection waits as well: a broker that restarts has ten thousand clients.
    this.#wait({ kind: closed.reasonCode === notAuthorized ? 'not-authorized' : 'network', retryAfterMs: closed.retryAfterMs });
  }

  #failed(version: MqttVersion, failure: ConnectFailure): void {
    if (this.#stopped) return;
    const { log } = this.#context;
    const { kind, message, reasonCode, retryAfterMs } = failure;
    const tryOther = this.#choice.failed(version, failure);
    if (tryOther && retryAfterMs === null) {
      log.info('the broker does not speak this version, trying the other', { version, reason: message });
      this.#schedule(0);
      return;
    }
    this.#wait(failure);
    log.warn('the platform cannot be reached', { reason: message, kind, reasonCode, failures: this.#reconnect.failures });
    if (failure.kind === 'not-authorized') this.#context.onRefused();
    if (this.#again) this.#hurry();
  }

  #hurry(): void {
    this.#isHurried = true;
    this.#schedule(0);
  }

  #wait(failure: Failure): void {
    const { clock, entropy, limits } = this.#context;
    this.#reconnect = afterFailure(this.#reconnect, failure, limits, clock.now(), entropy.random());
    this.#save(this.#reconnect);
    this.#schedule(remainingMs(this.#reconnect, clock.now()));
  }

  #save(state: ReconnectState): void {
    const write = this.#context.state.saveReconnect(state);
    if (write) void this.#context.save(write);
  }
}
