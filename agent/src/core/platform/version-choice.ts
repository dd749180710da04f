import type { ConnectFailure, MqttVersion } from '../../ports/index.ts';

const rememberMs = 7 * 24 * 3_600_000;
const closesUntilFallback = 2;

/** That a broker accepted 3.1.1 after it had refused 5. */
export type RememberedVersion = { readonly url: string; readonly until: number };

/**
 * Which MQTT version to try (contract 1): 5; after a refusal of the version, or two closings before any CONNACK, 3.1.1 at once.
 * 3.1.1 is remembered for 7 days only once it was accepted; otherwise the attempt after it is 5 again.
 */
export class VersionChoice {
  readonly #url: string;
  #remembered: RememberedVersion | null;
  #closes = 0;
  #fallback = false;

  constructor(url: string, remembered: RememberedVersion | null) {
    this.#url = url;
    this.#remembered = remembered?.url === url ? remembered : null;
  }

  next(now: number): MqttVersion {
    if (this.#remembered && now < this.#remembered.until) return 4;
    return this.#fallback ? 4 : 5;
  }

  /** Returns what to remember, null where nothing is new. */
  accepted(version: MqttVersion, now: number): RememberedVersion | null {
    this.#closes = 0;
    this.#fallback = false;
    if (version === 5 || (this.#remembered && now < this.#remembered.until)) return null;
    this.#remembered = { url: this.#url, until: now + rememberMs };
    return this.#remembered;
  }

  /** Returns whether the other version is to be tried at once, without waiting. */
  failed(version: MqttVersion, failure: Pick<ConnectFailure, 'kind'>): boolean {
    if (version === 4) {
      this.#fallback = false;
      this.#closes = 0;
      // A broker that was upgraded to 5 only: what was remembered no longer holds.
      if (failure.kind === 'unsupported-version' && this.#remembered) {
        this.#remembered = null;
        return true;
      }
      return false;
    }
    if (failure.kind === 'closed-before-connack') this.#closes += 1;
    else if (failure.kind !== 'unsupported-version') this.#closes = 0;
    this.#fallback = failure.kind === 'unsupported-version' || this.#closes >= closesUntilFallback;
    return this.#fallback;
  }
}
