import type { Json, StoreWrite } from '../../ports/index.ts';
import { isJsonObject, type JsonObject } from '../state/json-object.ts';
import type { Section } from '../state/section.ts';
import { freshState, type ReconnectState } from './reconnect.ts';
import type { RememberedVersion } from './version-choice.ts';

export type LinkRecord = JsonObject;

/** What a user interface is told of the platform after a restart. */
export interface RememberedContact {
  /** Unix milliseconds. */
  readonly at: number | null;
  /** It did not accept this client when it was last asked. */
  readonly isRefused: boolean;
}

export function parseLinkRecord(json: Json): LinkRecord | null {
  return isJsonObject(json) ? json : null;
}

/** What the connection remembers over restarts. */
export class LinkState {
  readonly #section: Section<LinkRecord>;

  constructor(section: Section<LinkRecord>) {
    this.#section = section;
  }

  /** The wait that is in force under this configuration; another configuration has none. */
  reconnect(configuration: string): ReconnectState {
    const { failures, notBefore, waitMs, configuration: of } = this.#section.get('reconnect') ?? {};
    return typeof failures === 'number' && typeof notBefore === 'number' && typeof waitMs === 'number' && of === configuration
      ? { failures, notBefore, waitMs, configuration }
      : freshState(configuration);
  }

  /** Null where the same is held already. */
  saveReconnect(state: ReconnectState): StoreWrite | null {
    const held = this.#section.get('reconnect');
    const isHeld = held !== undefined && Object.entries(state).every(([key, value]) => held[key] === value);
    return isHeld ? null : this.#section.put('reconnect', state);
  }

  version(): RememberedVersion | null {
    const { url, until } = this.#section.get('version') ?? {};
    return typeof url === 'string' && typeof until === 'number' ? { url, until } : null;
  }

  saveVersion(version: RememberedVersion): StoreWrite {
    return this.#section.put('version', version);
  }

  /** The login session in which a connection was last complete. */
  connectedLogin(): string | null {
    const { loginSessionId } = this.#section.get('login') ?? {};
    return typeof loginSessionId === 'string' ? loginSessionId : null;
  }

  saveConnectedLogin(loginSessionId: string): StoreWrite {
    return this.#section.put('login', { loginSessionId });
  }

  contact(): RememberedContact {
    const { at, isRefused } = this.#section.get('contact') ?? {};
    return { at: typeof at === 'number' ? at : null, isRefused: isRefused === true };
  }

  /** Null where the same is held already. */
  saveContact({ at, isRefused }: RememberedContact): StoreWrite | null {
    const held = this.contact();
    return held.at === at && held.isRefused === isRefused ? null : this.#section.put('contact', { at, isRefused });
  }
}
