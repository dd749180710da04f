import type { CancelSignal, Clock } from '@jpd/protocol';
import { timestamp } from '../../contract/index.ts';
import type { CertificateFacts, PlatformProbe, PlatformRoute, TlsFacts } from '../../ports/index.ts';
import { type Check, describeError, failed, type Judgement, ok, skipped, warning, within } from './check.ts';

const dayMs = 86_400_000;
/** Time for whoever renews certificates. */
const soonDays = 21;

const day = (ms: number): string => timestamp(ms).slice(0, 10);
const source = (of: string): string => (of === 'platform' ? 'the platform' : of);
const owner = ({ of, name }: CertificateFacts): string => `the certificate of ${source(of)} "${name}"`;

/** The connection was verified already: what is left to say is what will go wrong soon, and what is wrong with our own files. */
export function judgeTls({ protocol, certificates }: TlsFacts, now: number): Judgement {
  const expired = certificates.find(({ validTo }) => validTo <= now);
  const renew = (of: string): string => (of === 'platform' ? 'renew it on the platform' : `renew the file that ${of} names`);
  if (expired) return failed(`${owner(expired)} expired on ${day(expired.validTo)}`, `${renew(expired.of)}, and check this computer's clock`);
  const early = certificates.find(({ validFrom }) => validFrom > now);
  if (early) return failed(`${owner(early)} is not valid before ${day(early.validFrom)}`, "check this computer's clock");
  const next = certificates.toSorted((a, b) => a.validTo - b.validTo)[0];
  if (next && next.validTo - now < soonDays * dayMs) {
    return warning(`${owner(next)} expires on ${day(next.validTo)}`, `${renew(next.of)} before that`);
  }
  const leaf = certificates.find(({ of }) => of === 'platform');
  const signed = leaf ? `, certificate "${leaf.name}" of "${leaf.issuer}" until ${day(leaf.validTo)}` : '';
  const ca = certificates.some(({ of }) => of === 'tls.caFile') ? ', with tls.caFile' : '';
  return ok(`${protocol}${signed}${ca}`);
}

export interface RouteSurroundings {
  readonly probe: PlatformProbe;
  readonly clock: Clock;
  /** Of each step. */
  readonly limitMs: number;
}

interface Step<T> {
  readonly name: string;
  readonly remedy: string;
  readonly work: (signal: CancelSignal) => Promise<T>;
  readonly judge: (value: T) => Judgement;
}

/** Steps that follow each other: once one failed the others are skipped. */
class Steps {
  readonly checks: Check[] = [];
  readonly #clock: Clock;
  readonly #limitMs: number;
  #failed: string | null = null;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  add(name: string, judgement: Judgement): void {
    this.checks.push({ name, ...judgement });
    if (judgement.status === 'failed') this.#failed ??= name;
  }

  async take<T>({ name, remedy, work, judge }: Step<T>): Promise<T | null> {
    if (this.#failed !== null) {
      this.add(name, skipped(`not tried, since ${this.#failed} failed`));
      return null;
    }
    try {
      const done = await within(this.#clock, this.#limitMs, work);
      this.add(name, done ? judge(done.value) : failed(`no answer within ${this.#limitMs / 1000} s`, remedy));
      return done?.value ?? null;
    } catch (error) {
      this.add(name, failed(describeError(error), remedy));
      return null;
    }
  }
}

/** Follows the way to the platform: proxy, name, connection, TLS. Nothing is said to the platform. */
export async function checkRoute({ probe, clock, limitMs }: RouteSurroundings): Promise<readonly Check[]> {
  const steps = new Steps(clock, limitMs);
  await steps.take({
    name: 'proxy',
    remedy: 'correct HTTPS_PROXY or the system settings, or exempt the platform with NO_PROXY',
    work: () => probe.proxy(),
    judge: (proxy) => ok(proxy === null ? 'none is used' : `${proxy} is used`),
  });
  await steps.take({
    name: 'name-resolution',
    remedy: 'check brokerUrl, the proxy setting, the network and its DNS server',
    work: () => probe.resolve(),
    judge: ({ name, addresses }) => (addresses.length === 0 ? skipped(`${name} is an address`) : ok(`${name} is ${addresses.join(', ')}`)),
  });
  const route = await steps.take<PlatformRoute>({
    name: 'connection',
    remedy: 'check brokerUrl, network, proxy and firewall, and that the platform runs',
    work: (signal) => probe.reach(signal),
    judge: () => ok('the platform answers'),
  });
  const secure = route?.secure;
  if (secure === null) steps.add('tls', skipped('brokerUrl asks for none, on this computer only'));
  else {
    await steps.take<TlsFacts>({
      name: 'tls',
      remedy: "check the platform's certificate, tls.caFile where your own authority signed it, and this computer's clock",
      work: (signal) => (secure ? secure(signal) : Promise.reject(new Error('there is no connection'))),
      judge: (facts) => judgeTls(facts, clock.now()),
    });
  }
  route?.close();
  return steps.checks;
}
