import { CancelSource, type Clock, type Timer } from '@jpd/protocol';
import type { ConnectionClosed, ConnectOptions, Entropy, Log, MqttVersion, PlatformConnection, PlatformLink, StoreWrite } from '../../ports/index.ts';
import type { LinkState } from './link-state.ts';
import { afterFailure, freshState, type ReconnectLimits, type ReconnectState, waitMs } from './reconnect.ts';
import { VersionChoice } from './version-choice.ts';

export interface ConnectorContext {
  readonly link: PlatformLink;
  readonly clock: Clock;
  readonly log: Log;
  readonly entropy: Entropy;
  readonly state: LinkState;
  readonly limits: ReconnectLimits;
  readonly url: string;
  /** Names the configuration that the wait counts for. */
  readonly configuration: string;
  /** Everything but the version, made anew for each attempt. */
  readonly options: () => Omit<ConnectOptions, 'version' | 'url'>;
  readonly save: (write: StoreWrite) => Promise<void>;
  /** Works on a connection until it ends. */
  readonly onConnected: (connection: PlatformConnection, version: MqttVersion) => void;
  readonly onClosed: (closed: ConnectionClosed) => void;
}

/** Keeps one connection: attempts, versions, waits. What is said over it is not its business. */
export class Connector {
  readonly #context: ConnectorContext;
  readonly #choice: VersionChoice;
  #reconnect: ReconnectState;
  #timer: Timer | null = null;
  #attempt: CancelSource | null = null;
  #connection: PlatformConnection | null = null;
  #stopped = false;

  constructor(context: ConnectorContext) {
    this.#context = context;
    this.#choice = new VersionChoice(context.url, context.state.version());
    this.#reconnect = context.state.reconnect(context.configuration);
  }

  /** The first attempt is made at once unless a stored wait says later. */
  start(): void {
    this.#schedule(waitMs(this.#reconnect, this.#context.limits, this.#context.clock.now()));
  }

  /** The network changed or the PC woke up: no wait holds any more. */
  tryNow(): void {
    if (this.#stopped || this.#connection || this.#attempt) return;
    this.#schedule(0);
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
    this.#timer = this.#context.clock.setTimer(milliseconds, () => {
      this.#try().catch((error: unknown) => {
        // An adapter that throws instead of answering is treated like a failed network: the agent goes on.
        this.#context.log.error('a connection attempt failed unexpectedly', { error });
        this.#failed(4, { kind: 'network', reasonCode: null, retryAfterMs: null, message: 'unexpected failure' });
      });
    });
  }

  async #try(): Promise<void> {
    if (this.#stopped || this.#connection || this.#attempt) return;
    const { clock, log, link, url } = this.#context;
    const version = this.#choice.next(clock.now());
    const attempt = new CancelSource();
    this.#attempt = attempt;
    log.debug('connecting', { url, version });
    const result = await link.connect({ ...this.#context.options(), url, version }, attempt.signal).finally(() => {
      this.#attempt = null;
    });
    if (!result.accepted) {
      this.#failed(version, result.failure);
      return;
    }
    if (this.#stopped) {
      await result.connection.end(true);
      return;
    }
    this.#accepted(result.connection, version);
  }

  #accepted(connection: PlatformConnection, version: MqttVersion): void {
    const { clock, log, save, state } = this.#context;
    log.info('connected', { version, sessionPresent: connection.sessionPresent });
    this.#connection = connection;
    const remembered = this.#choice.accepted(version, clock.now());
    if (remembered) void save(state.saveVersion(remembered));
    if (this.#reconnect.failures > 0) void save(state.saveReconnect(freshState(this.#context.configuration)));
    this.#reconnect = freshState(this.#context.configuration);
    connection.onClosed((closed) => {
      this.#connection = null;
      log.warn('the connection ended', { reason: closed.message, reasonCode: closed.reasonCode });
      this.#context.onClosed(closed);
      // The first failure after a good connection waits as well: a broker that restarts has ten thousand clients.
      this.#wait({ kind: 'network', retryAfterMs: closed.retryAfterMs });
    });
    this.#context.onConnected(connection, version);
  }

  #failed(
    version: MqttVersion,
    failure: Parameters<typeof afterFailure>[1] & { readonly message: string; readonly reasonCode: number | null },
  ): void {
    if (this.#stopped) return;
    const { log } = this.#context;
    if (this.#choice.failed(version, failure)) {
      log.info('the broker does not speak this version, trying the other', { version, reason: failure.message });
      this.#schedule(0);
      return;
    }
    this.#wait(failure);
    log.warn('the platform cannot be reached', { reason: failure.message, kind: failure.kind, failures: this.#reconnect.failures });
  }

  #wait(failure: Parameters<typeof afterFailure>[1]): void {
    const { clock, entropy, limits, save, state } = this.#context;
    this.#reconnect = afterFailure(this.#reconnect, failure, limits, clock.now(), entropy.random());
    void save(state.saveReconnect(this.#reconnect));
    this.#schedule(waitMs(this.#reconnect, limits, clock.now()));
  }
}
