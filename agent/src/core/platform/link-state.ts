import type { Json, StoreWrite } from '../../ports/index.ts';
import type { Section } from '../state/section.ts';
import { freshState, type ReconnectState } from './reconnect.ts';
import type { RememberedVersion } from './version-choice.ts';

type Fields = { readonly [key: string]: Json };

export type LinkRecord = Fields;

export function parseLinkRecord(json: Json): LinkRecord | null {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : null;
}

/** What the connection remembers over restarts. */
export class LinkState {
  readonly #section: Section<LinkRecord>;

  constructor(section: Section<LinkRecord>) {
    this.#section = section;
  }

  /** The wait that is in force under this configuration; another configuration has none. */
  reconnect(configuration: string): ReconnectState {
    const { failures, notBefore, configuration: of } = this.#section.get('reconnect') ?? {};
    return typeof failures === 'number' && typeof notBefore === 'number' && of === configuration
      ? { failures, notBefore, configuration }
      : freshState(configuration);
  }

  saveReconnect(state: ReconnectState): StoreWrite {
    return this.#section.put('reconnect', state);
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
}
