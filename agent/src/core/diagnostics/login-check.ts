import type { CancelSignal, Clock } from '@jpd/protocol';
import { encode, timestamp, topicOf } from '../../contract/index.ts';
import type { ConnectFailure, Entropy, Host, LockExamination, MqttVersion, PlatformLink, SecretStore } from '../../ports/index.ts';
import type { AgentState } from '../agent-state.ts';
import { fromKept, type Login } from '../enrolment/credential.ts';
import { enrol, enrolmentHash } from '../enrolment/identity.ts';
import { carriedOver, loginOf, nextStep } from '../enrolment/plan.ts';
import { LinkState } from '../platform/link-state.ts';
import { VersionChoice } from '../platform/version-choice.ts';
import { failed, type Judgement, ok, skipped, within } from './check.ts';

/** The configuration as far as logging in needs it. */
export interface LoginSettings {
  readonly organizationId: string;
  readonly enrollmentToken: string | null;
  readonly apiUrl: string | null;
  readonly brokerUrl: string;
  readonly tls: { readonly caFile: string | null; readonly certFile: string | null; readonly keyFile: string | null };
}

export interface LoginSurroundings {
  readonly settings: LoginSettings;
  readonly link: PlatformLink;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly host: Pick<Host, 'machineId'>;
  readonly secrets: Pick<SecretStore, 'load'>;
  readonly limitMs: number;
}

/** A version that is refused, or a connection that is closed twice, and then the other version (contract 1). */
const maxAttempts = 3;
/** As the agent's: another expiry would end the session that waits at the broker with what was queued in it. */
const sessionSeconds = 7 * 24 * 3600;

const remedies: Readonly<Record<ConnectFailure['kind'], string>> = {
  'not-authorized': 'check organizationId and enrollmentToken (or the client certificate), and on the platform that this client was not deleted',
  'unsupported-version': 'the broker must speak MQTT 5 or 3.1.1: check brokerUrl and port',
  'closed-before-connack': 'check brokerUrl and port, and the log of the broker',
  refused: 'look at the log of the broker',
  network: 'check brokerUrl, network, proxy and firewall',
};

const remedyOfSecrets =
  'run this with the account that runs the agent; where the state was damaged or copied, set enrollmentToken and start the agent';

/**
 * Where no client id is kept yet. A platform may enrol whoever logs in, so it is the same each time and says what it is: one more client in
 * its list at most.
 */
function visitorId(machineId: string, entropy: Entropy): string {
  return `doctor-${entropy.sha256(`doctor ${machineId}`).slice(0, 24)}`;
}

/** The agent alone may use its client id: what it told its own state is all that can be said while it runs. */
function judgeRunning(state: AgentState): Judgement {
  const { failures, notBefore } = state.link.get('reconnect') ?? {};
  if (typeof failures === 'number' && failures > 0) {
    const next = typeof notBefore === 'number' ? `, the next one not before ${timestamp(notBefore)}` : '';
    return failed(
      `the running agent is not connected: ${failures} attempts in a row failed${next}`,
      'see the log of the agent for the reason; end the agent and run this again to try the login',
    );
  }
  return skipped('the running agent uses this broker; not tried, so as not to throw it off');
}

type LoginResult = { readonly version: MqttVersion } | { readonly failure: ConnectFailure };

async function logIn(
  surroundings: LoginSurroundings,
  state: AgentState,
  clientId: string,
  login: Login,
  isNew: boolean,
  signal: CancelSignal,
): Promise<LoginResult> {
  const { settings, link, clock, entropy } = surroundings;
  const { organizationId, brokerUrl: url, tls } = settings;
  const { password, clientCertificate } = login;
  const choice = new VersionChoice(url, new LinkState(state.link).version());
  // Sent only if this process dies within the login: the client is offline then, as it was before.
  const farewell = encode('presence', { state: 'offline', reason: 'shutdown', sessionId: entropy.uuid() }, clock.now());
  const options = {
    url,
    tls: { ...tls, clientCertificate },
    clientId,
    userName: `${organizationId}/${clientId}`,
    password,
    will: { topic: topicOf(organizationId, clientId, 'presence'), payload: farewell, retain: false },
    willDelaySeconds: 0,
    sessionExpirySeconds: isNew ? 0 : sessionSeconds,
    receiveMaximum: 1,
    keepAliveSeconds: 60,
  };
  for (let attempt = 1; ; attempt += 1) {
    const version = choice.next(clock.now());
    const result = await link.connect({ ...options, version }, signal);
    if (result.accepted) {
      // Nothing was subscribed, and nothing that came is acknowledged: what waits for the agent goes on waiting.
      await result.connection.end(true);
      return { version };
    }
    const isWorthAnother = choice.failed(version, result.failure) || result.failure.kind === 'closed-before-connack';
    if (!isWorthAnother || attempt === maxAttempts || signal.aborted) return { failure: result.failure };
  }
}

/** Logs in as the agent will at its next start, and out again. Not while an agent runs, and not for a client that was revoked. */
export async function checkLogin(surroundings: LoginSurroundings, lock: LockExamination, state: AgentState): Promise<Judgement> {
  if (lock.held) return judgeRunning(state);
  const { settings, entropy, host, clock, limitMs } = surroundings;
  const { organizationId, enrollmentToken } = settings;
  const machineId = await host.machineId();
  const { identity, kind } = enrol(state.identity, { organizationId, enrollmentToken, machineId }, entropy);
  if (identity.revoked) {
    return failed('the platform revoked this client, which stays silent', 'enrol it anew: another enrollmentToken, or another organisation');
  }
  const loaded = await surroundings.secrets.load();
  if (!loaded.ok && enrollmentToken === null) return failed(loaded.reason, remedyOfSecrets);
  const enrolment = { ...settings, hasOwnCertificate: settings.tls.certFile !== null };
  const isEnrolledWith = (token: string): boolean => enrolmentHash(organizationId, token, entropy) === identity.enrolment;
  const held = carriedOver(loaded.ok && loaded.kept !== null ? fromKept(loaded.kept) : null, kind, identity, enrolment, isEnrolledWith);
  const step = nextStep(held, identity, enrolment, clock.now());
  if (step.do === 'exchange')
    return skipped('not tried: the next start of the agent first asks apiUrl for a credential of its own, and its log tells how that went');
  const isNew = kind !== 'kept';
  const clientId = isNew ? visitorId(machineId, entropy) : identity.clientId;
  const done = await within(clock, limitMs, (signal) => logIn(surroundings, state, clientId, loginOf(held, identity, enrolment), isNew, signal));
  if (!done) return failed(`no answer within ${limitMs / 1000} s`, remedies.network);
  if ('failure' in done.value) return failed(done.value.failure.message, remedies[done.value.failure.kind]);
  const who = isNew ? `${clientId}, since the next start of the agent makes a new client id` : clientId;
  return ok(`accepted with MQTT ${done.value.version === 5 ? '5' : '3.1.1'} for organisation ${organizationId}, as client ${who}`);
}
