import type { Clock } from '@jpd/protocol';
import { timestamp, topicRules } from '../../contract/index.ts';
import {
  type ConnectFailure,
  type HttpClient,
  HttpError,
  type OutgoingMessage,
  type PlatformConnection,
  type PlatformLink,
  type SentKind,
  type SentLog,
  type SentRecord,
} from '../../ports/index.ts';
import { clearedPayload } from './clearance.ts';
import type { MetadataGates } from './gates.ts';
import type { Outgoing, OutletConnection, OutletLink } from './outgoing.ts';
import type { Scrubber } from './scrubber.ts';

export interface OutletContext {
  readonly clock: Clock;
  readonly sentLog: SentLog;
  readonly scrubber: Scrubber;
  /** The policy's, of this very moment. */
  readonly gates: () => MetadataGates;
  /** Something was written into the log of what was sent. */
  readonly onSent: () => void;
}

/** The host of a URL, without user, password and path. */
const hostOf = (url: string): string => /^[a-z]+:\/\/(?:[^@/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? '';

/** Bytes; of a text as UTF-8, counted without making it: ten thousand events may wait. */
function sizeOf(body: Uint8Array | string): number {
  let size = body.length;
  if (typeof body !== 'string') return size;
  for (let index = 0; index < body.length; index += 1) {
    const unit = body.charCodeAt(index);
    // Half of a pair is two of its four bytes; JSON has no other.
    if (unit > 0x7f) size += unit > 0x7_ff && (unit < 0xd8_00 || unit > 0xdf_ff) ? 2 : 1;
  }
  return size;
}

/** When something left, and in which place. */
interface Moment extends Pick<SentRecord, 'run' | 'number'> {
  /** Unix milliseconds. */
  readonly time: number;
}

const wasAsked = ({ kind }: ConnectFailure): boolean => kind !== 'network';

/**
 * The one place through which anything leaves the core. What is to be told comes as a value of the contract, never as text: here it is held
 * against the policy of that moment, freed of what only a gated group may hold, made text, sent, and written into the log of what was sent.
 *
 * INVARIANT: the core has no other way to the platform; `Agent` gives the port to this and to nobody else.
 */
export class Outlet {
  readonly #context: OutletContext;
  readonly #run: number;
  #number = 0;

  constructor(context: OutletContext) {
    this.#context = context;
    this.#run = context.clock.now();
  }

  link(link: PlatformLink): OutletLink {
    return {
      connect: async (options, signal) => {
        const at = this.#now();
        const will = this.#cleared(options.will, at.time);
        const result = await link.connect({ ...options, will }, signal);
        const to = hostOf(options.url);
        const { clientId, userName, password } = options;
        const secret = password === null ? '' : ', with its password (not kept here)';
        const note = `client ${clientId}, user name ${userName}${secret}; and what to tell when the connection breaks`;
        if (result.accepted || wasAsked(result.failure)) this.#record('connect', at, to, will, result.accepted, note);
        return result.accepted ? { accepted: true, connection: this.#connection(result.connection, to) } : result;
      },
    };
  }

  /**
   * The way to servers. Each request with a body is noted with these words; the body itself is not kept, since it is a file or holds a secret.
   * What it may hold is its maker's business: a bundle is redacted (core/diagnostics), a request for a credential names the client only.
   */
  http(http: HttpClient, what: { readonly kind: Extract<SentKind, 'diagnostics' | 'enrolment'>; readonly note: string }): HttpClient {
    return {
      request: async (request, signal) => {
        const { url, body } = request;
        if (body === undefined) return http.request(request, signal);
        const at = this.#now();
        const note = (acknowledged: boolean): void => {
          const { time, ...place } = at;
          const entry = { at: timestamp(time), to: hostOf(url), topic: null, bytes: sizeOf(body), acknowledged, payload: null };
          this.#append({ ...place, ...entry, ...what });
        };
        try {
          const response = await http.request(request, signal);
          note(response.status >= 200 && response.status < 300);
          return response;
        } catch (error) {
          if (!(error instanceof HttpError && error.code === 'refused-url')) note(false);
          throw error;
        }
      },
    };
  }

  #connection(connection: PlatformConnection, to: string): OutletConnection {
    return {
      sessionPresent: connection.sessionPresent,
      subscribe: (filters) => connection.subscribe(filters),
      onMessage: (listener) => {
        connection.onMessage(listener);
      },
      onClosed: (listener) => {
        connection.onClosed(listener);
      },
      end: (graceful) => connection.end(graceful),
      publish: async (message) => {
        // Made when it goes: while others are under way the policy may close a group.
        let left: { readonly at: Moment; readonly cleared: OutgoingMessage } | null = null;
        const record = (acknowledged: boolean): void => {
          if (left) this.#record(message.kind, left.at, to, left.cleared, acknowledged, null);
        };
        const make = (): OutgoingMessage => {
          const at = this.#now();
          const cleared = this.#cleared(message, at.time);
          left = { at, cleared };
          return cleared;
        };
        await connection.publish(make).catch((error: unknown) => {
          record(false);
          throw error;
        });
        record(true);
      },
    };
  }

  #cleared(message: Outgoing, at: number): OutgoingMessage {
    const { gates, scrubber } = this.#context;
    const { kind, topic, correlationData } = message;
    const payload = clearedPayload(message, { gates: gates(), scrubber }, at);
    return { topic, payload, retain: topicRules[kind].retained, ...(correlationData ? { correlationData } : {}) };
  }

  #record(
    kind: SentKind,
    { time, ...place }: Moment,
    to: string,
    { topic, payload }: OutgoingMessage,
    acknowledged: boolean,
    note: string | null,
  ): void {
    this.#append({ ...place, at: timestamp(time), to, kind, topic, bytes: sizeOf(payload), acknowledged, payload, note });
  }

  #now(): Moment {
    this.#number += 1;
    return { time: this.#context.clock.now(), run: this.#run, number: this.#number };
  }

  #append(record: SentRecord): void {
    this.#context.sentLog.append(record);
    this.#context.onSent();
  }
}
