import { CancelSource, type Timer } from '@jpd/protocol';
import type { Log, SecretStore } from '../../ports/index.ts';
import { afterFailure, freshState, type ReconnectLimits, type ReconnectState, remainingMs } from '../platform/reconnect.ts';
import { type Credential, fromKept, isIssued, type Issued, type Login, msUntilRenewal, toKept } from './credential.ts';
import { exchange, type ExchangeParts, type Outcome, type Request } from './exchange.ts';
import type { EnrolmentKind, Identity } from './identity.ts';
import { carriedOver, type EnrolmentSettings, loginOf, nextStep, voucherFor } from './plan.ts';

/** What the agent's core gives it. */
export interface EnrollerContext extends ExchangeParts {
  readonly log: Log;
  readonly secrets: SecretStore;
  readonly settings: ExchangeParts['settings'] & EnrolmentSettings & { readonly reconnect: ReconnectLimits };
  readonly identity: () => Identity;
  /** Whether this is the token that the identity was enrolled with. */
  readonly isEnrolledWith: (token: string) => boolean;
  /** What a connection shows is better than before: it need not wait for what was refused. */
  readonly onNewLogin: () => void;
  /** The platform knows another client of this id. */
  readonly onClientExists: () => void;
}

const hourMs = 3_600_000;
/** A platform that had no API is asked again that much later, for the day on which it has one. */
const askAgainMs = 24 * hourMs;
/** What a timer can wait, 24 days. */
const longestTimerMs = 2 ** 31 - 1;

/** Sees to it that this client logs in with a credential of its own where the platform gives one, and that it never runs out. */
export class Enroller {
  readonly #context: EnrollerContext;
  #held: Credential | null = null;
  #retry: ReconnectState = freshState('');
  #timer: Timer | null = null;
  /** The exchange that is under way. */
  #asking: CancelSource | null = null;
  #onReady: (() => void) | null = null;
  /** The platform refused what it gave, and was asked for another since. */
  #recovering = false;
  /** The last answer to being asked was no. */
  #isRefused = false;
  #stopped = false;

  constructor(context: EnrollerContext) {
    this.#context = context;
  }

  /** Reads what is kept, and keeps what this identity may go on with. */
  async open(kind: EnrolmentKind): Promise<void> {
    const { log, secrets, settings, identity, isEnrolledWith } = this.#context;
    const loaded = await secrets.load();
    if (!loaded.ok) log.warn('what was kept to log in with can not be used', { reason: loaded.reason });
    const found = loaded.ok && loaded.kept !== null ? fromKept(loaded.kept) : null;
    const next = carriedOver(found, kind, identity(), settings, isEnrolledWith);
    this.#held = next;
    if (loaded.ok && JSON.stringify(found) === JSON.stringify(next)) return;
    // A token stands in the configuration as well: that it could not be kept is no reason not to begin.
    await this.#keep(next);
  }

  /** What the next connection shows. */
  get login(): Login {
    return loginOf(this.#held, this.#context.identity(), this.#context.settings);
  }

  /** Why no connection is tried yet: the platform was asked for a credential and gave none. Null where nothing keeps it. */
  get holdUp(): { readonly nextTryAt: number; readonly isRefused: boolean } | null {
    const { failures, notBefore: nextTryAt } = this.#retry;
    return this.#onReady && !this.#asking && failures > 0 ? { nextTryAt, isRefused: this.#isRefused } : null;
  }

  /** Whether there is anything to log in with. */
  get hasLogin(): boolean {
    const { password, clientCertificate } = this.login;
    return password !== null || clientCertificate !== null || this.#context.settings.hasOwnCertificate;
  }

  /** Calls `onReady` when a connection may be tried: at once, unless a credential has to be asked for first. A second call replaces the first. */
  begin(onReady: () => void): void {
    const { clock, log, settings, identity } = this.#context;
    this.#endWork();
    this.#retry = freshState('');
    this.#recovering = false;
    this.#onReady = onReady;
    const step = nextStep(this.#held, identity(), settings, clock.now());
    if (step.do === 'connect') {
      if (isIssued(this.#held) && settings.enrollmentToken !== null) {
        log.info('the enrolment token in the configuration is not needed any more: it was exchanged, and can be removed there');
      }
      this.#ready();
      this.#scheduleRenewal();
    } else void this.#do(step);
  }

  /** The broker does not accept what was shown. */
  loginRefused(): void {
    const { clock, identity, settings, log } = this.#context;
    if (this.#stopped || this.#asking || this.#recovering) return;
    const held = this.#held;
    // A token is all there is: the connection waits by itself.
    if (!isIssued(held) || nextStep(held, identity(), settings, clock.now()).do === 'exchange') return;
    this.#recovering = true;
    log.warn('the platform does not accept the credential that it gave: asking for another');
    void this.#do(this.#another(held));
  }

  loginAccepted(): void {
    this.#recovering = false;
  }

  /** The network changed or the PC woke up: what is due, or waits to be asked for again, is asked for now. */
  tryNow(): void {
    this.#wakeUp();
  }

  /** The client was revoked: nothing is kept. */
  async forget(): Promise<void> {
    this.stop();
    this.#held = null;
    await this.#keep(null);
  }

  stop(): void {
    this.#stopped = true;
    this.#endWork();
  }

  #endWork(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#asking?.cancel();
    this.#asking = null;
  }

  /** How to get another credential in place of one that is refused. */
  #another(held: Issued): Request {
    const { identity, settings } = this.#context;
    return voucherFor(held, identity(), settings) ?? { do: 'renew', held };
  }

  #ready(): void {
    const onReady = this.#onReady;
    this.#onReady = null;
    onReady?.();
  }

  #scheduleRenewal(): void {
    if (isIssued(this.#held)) this.#wait(msUntilRenewal(this.#held, this.#context.clock.now()));
  }

  #wait(milliseconds: number): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#context.clock.setTimer(Math.min(milliseconds, longestTimerMs), () => {
      this.#wakeUp();
    });
  }

  /** Something may be due: works out what, since time, identity and what is held may have changed. */
  #wakeUp(): void {
    if (this.#stopped || this.#asking) return;
    const { clock, identity, settings } = this.#context;
    const held = this.#held;
    const step = nextStep(held, identity(), settings, clock.now());
    if (step.do !== 'connect') void this.#do(step);
    else if (this.#recovering && isIssued(held)) void this.#do(this.#another(held));
    else if (isIssued(held) && msUntilRenewal(held, clock.now()) === 0) void this.#do({ do: 'renew', held });
    else this.#scheduleRenewal();
  }

  async #do(step: Request): Promise<void> {
    const { log, identity } = this.#context;
    const asking = new CancelSource();
    this.#asking = asking;
    try {
      const outcome = await exchange(this.#context, step, identity(), asking);
      // Another identity, the end of the agent, or a newer attempt: the answer is for nobody any more.
      if (this.#asking === asking) await this.#answered(step, outcome);
    } catch (error) {
      log.error('a credential could not be asked for', { error });
      if (this.#asking === asking) this.#failed(step, { status: 'later', retryAfterMs: null, message: 'unexpected failure' });
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  async #answered(step: Request, outcome: Outcome): Promise<void> {
    const { log } = this.#context;
    if (outcome.status === 'issued') await this.#take(step, outcome.credential);
    else if (outcome.status === 'client-exists') {
      log.warn('the platform knows another client of this id');
      this.#context.onClientExists();
    } else if (outcome.status === 'not-offered' && step.do === 'exchange' && step.voucher.by === 'token') {
      log.warn('the platform has no API for clients at this address: the enrolment token goes on as the password', { reason: outcome.message });
      this.#wait(askAgainMs);
      this.#ready();
    } else this.#failed(step, outcome);
  }

  async #take(step: Request, credential: Issued): Promise<void> {
    const { log } = this.#context;
    // Shown before it is on the disk it would end the one that is there.
    if (!(await this.#keep(credential))) {
      this.#failed(step, { status: 'later', retryAfterMs: null, message: 'the new credential could not be kept' });
      return;
    }
    if (this.#stopped) return;
    this.#held = credential;
    this.#retry = freshState('');
    const { kind, lifetimeMs } = credential;
    const validHours = Math.round(lifetimeMs / hourMs);
    log.info(step.do === 'renew' ? 'the credential was renewed' : 'the platform gave this client a credential of its own', { kind, validHours });
    this.#scheduleRenewal();
    this.#ready();
    if (this.#recovering || step.do === 'exchange') this.#context.onNewLogin();
  }

  #failed(step: Request, failure: Extract<Outcome, { readonly message: string }>): void {
    const { clock, entropy, log, settings } = this.#context;
    const isPassing = failure.status === 'later';
    const retryAfterMs = isPassing ? failure.retryAfterMs : null;
    const kind = isPassing ? 'network' : 'not-authorized';
    this.#isRefused = !isPassing;
    this.#retry = afterFailure(this.#retry, { kind, retryAfterMs }, settings.reconnect, clock.now(), entropy.random());
    const { failures, waitMs: retryMs } = this.#retry;
    log.warn(step.do === 'renew' ? 'the credential could not be renewed' : 'no credential was given', { reason: failure.message, failures, retryMs });
    this.#wait(remainingMs(this.#retry, clock.now()));
    // The one that is held may still be good: this PC's clock is not the platform's.
    if (step.do === 'renew') this.#ready();
  }

  async #keep(credential: Credential | null): Promise<boolean> {
    try {
      await this.#context.secrets.save(credential === null ? null : toKept(credential));
      return true;
    } catch (error) {
      this.#context.log.error('what this client logs in with could not be kept', { error });
      return false;
    }
  }
}
