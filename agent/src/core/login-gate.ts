import type { StoreWrite } from '../ports/index.ts';
import type { Delivery } from './platform/inbox.ts';
import type { LinkState } from './platform/link-state.ts';

/**
 * Whether a desired document was published before the login or during it (contract 4). One that was there already at the first connect of a login session
 * counts as published before that login: it was retained, or came before the SUBACK.
 */
export class LoginGate {
  readonly #linkState: LinkState;
  #loginSessionId: string;
  #isFirstConnect = false;

  constructor(linkState: LinkState, loginSessionId: string) {
    this.#linkState = linkState;
    this.#loginSessionId = loginSessionId;
  }

  get loginSessionId(): string {
    return this.#loginSessionId;
  }

  /** A connection was accepted. */
  connected(): void {
    this.#isFirstConnect = this.#linkState.connectedLogin() !== this.#loginSessionId;
  }

  /** What had waited for us on this connection was handled: the next one is not the first of this login any more. Nothing to write where that is known. */
  established(): readonly StoreWrite[] {
    return this.#linkState.connectedLogin() === this.#loginSessionId ? [] : [this.#linkState.saveConnectedLogin(this.#loginSessionId)];
  }

  /** Another person logged in. A connection that is established then is the first one of their login, and what comes over it is new. */
  changed(loginSessionId: string, isEstablished: boolean): readonly StoreWrite[] {
    if (loginSessionId === this.#loginSessionId) return [];
    this.#loginSessionId = loginSessionId;
    this.#isFirstConnect = !isEstablished;
    return isEstablished ? this.established() : [];
  }

  /** The login session whose end a document waits for, null for none. */
  waitsFor({ retained, beforeSuback }: Pick<Delivery, 'retained' | 'beforeSuback'>): string | null {
    return this.#isFirstConnect && (retained || beforeSuback) ? null : this.#loginSessionId;
  }
}
