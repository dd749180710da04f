import type { ConnectFailure, MqttVersion } from '../../ports/index.ts';

const rememberMs = 7 * 24 * 3_600_000;
const closesUntilFallback = 2;

/** That a broker accepted 3.1.1 after it had refused 5. */
export type RememberedVersion = { readonly url: string; readonly until: number };

/** Failures that came with a CONNACK: the broker doesn't close at the sight of the version. */
const answered: readonly ConnectFailure['kind'][] = ['refused', 'not-authorized'];

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

  /** `now` is the wall clock, Unix milliseconds. */
  next(now: number): MqttVersion {
    return this.#fallback || this.#isRemembered(now) ? 4 : 5;
  }

  /** Returns what to remember, null where nothing is new. */
  accepted(version: MqttVersion, now: number): RememberedVersion | null {
    this.#closes = 0;
    this.#fallback = false;
    if (version === 5 || this.#isRemembered(now)) return null;
    this.#remembered = { url: this.#url, until: now + rememberMs };
    return this.#remembered;
  }

  /** Returns whether the other version is to be tried at once, without waiting. */
  failed(version: MqttVersion, { kind }: Pick<ConnectFailure, 'kind'>): boolean {
    if (version === 4) return this.#olderFailed(kind);
    if (kind === 'closed-before-connack') this.#closes += 1;
    else if (answered.includes(kind)) this.#closes = 0;
    this.#fallback = kind === 'unsupported-version' || (kind === 'closed-before-connack' && this.#closes >= closesUntilFallback);
    return this.#fallback;
  }

  #olderFailed(kind: ConnectFailure['kind']): boolean {
    this.#fallback = false;
    this.#closes = 0;
    // A broker that was upgraded to 5 only: what was remembered no longer holds.
    const isOutdated = kind === 'unsupported-version' && this.#remembered !== null;
    if (isOutdated) this.#remembered = null;
    return isOutdated;
  }

  /** A clock that was set back must not make it longer. */
  #isRemembered(now: number): boolean {
    return this.#remembered !== null && now < this.#remembered.until && this.#remembered.until - now <= rememberMs;
  }
}
