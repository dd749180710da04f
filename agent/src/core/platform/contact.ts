import type { Clock } from '@jpd/protocol';
import type { StoreWrite } from '../../ports/index.ts';
import type { OutletConnection, OutletLink } from '../privacy/outgoing.ts';
import type { LinkState } from './link-state.ts';

/** MQTT 5, DISCONNECT: the server found that the client may not do this. */
const notAuthorized = 0x87;
/** A kill costs so much of what is remembered; each message on the disk would cost more. */
const keepEveryMs = 600_000;

export interface ContactContext {
  readonly clock: Clock;
  readonly state: LinkState;
  readonly save: (write: StoreWrite) => Promise<void>;
  /** What a user interface shows of it may have changed. */
  readonly onChange: () => void;
}

/** Whether the platform is reached, and when it was last: seen at the messages that pass, so that nobody has to say it. */
export class Contact {
  readonly #context: ContactContext;
  #connection: OutletConnection | null = null;
  #isRefused: boolean;
  #lastAt: number | null;
  #keptAt: number | null;

  constructor(context: ContactContext) {
    this.#context = context;
    const { at, isRefused } = context.state.contact();
    this.#lastAt = at;
    this.#keptAt = at;
    this.#isRefused = isRefused;
  }

  get isConnected(): boolean {
    return this.#connection !== null;
  }

  /** The last attempt, or the last connection, ended because the platform does not accept this client. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** When something was last heard or acknowledged, Unix milliseconds; over restarts to some minutes. */
  get lastAt(): number | null {
    return this.#lastAt;
  }

  /** The same way to the platform, watched. */
  watched(link: OutletLink): OutletLink {
    return {
      connect: async (options, signal) => {
        const result = await link.connect(options, signal);
        if (result.accepted) return { accepted: true, connection: this.#opened(result.connection) };
        if (!signal.aborted) this.#ended(result.failure.kind === 'not-authorized');
        return result;
      },
    };
  }

  #opened(connection: OutletConnection): OutletConnection {
    const closed = (isRefused: boolean): void => {
      if (this.#connection === watched) this.#ended(isRefused);
    };
    const watched: OutletConnection = {
      sessionPresent: connection.sessionPresent,
      subscribe: async (filters) => {
        await connection.subscribe(filters);
        this.#heard();
      },
      publish: async (message) => {
        await connection.publish(message);
        this.#heard();
      },
      onMessage: (listener) => {
        connection.onMessage((message) => {
          this.#heard();
          return listener(message);
        });
      },
      onClosed: (listener) => {
        connection.onClosed((reason) => {
          closed(reason.reasonCode === notAuthorized);
          listener(reason);
        });
      },
      end: (graceful) => {
        closed(false);
        return connection.end(graceful);
      },
    };
    this.#connection = watched;
    this.#isRefused = false;
    this.#keptAt = null;
    this.#heard();
    return watched;
  }

  #ended(isRefused: boolean): void {
    this.#connection = null;
    this.#isRefused = isRefused;
    this.#keep();
    this.#context.onChange();
  }

  #heard(): void {
    const now = this.#context.clock.now();
    this.#lastAt = now;
    if (this.#keptAt === null || Math.abs(now - this.#keptAt) >= keepEveryMs) this.#keep();
    this.#context.onChange();
  }

  #keep(): void {
    const { state, save } = this.#context;
    this.#keptAt = this.#lastAt;
    const write = state.saveContact({ at: this.#lastAt, isRefused: this.#isRefused });
    if (write) void save(write);
  }
}
