import { mqttUserName } from '../../contract/index.ts';
import type { AgentPorts, AgentSettings } from '../agent-settings.ts';
import type { Enroller } from '../enrolment/enroller.ts';
import type { Identity } from '../enrolment/identity.ts';
import type { OutletConnectOptions, OutletLink } from '../privacy/outgoing.ts';
import type { CloneWatch } from './clone-watch.ts';
import { Connector, type ConnectorContext } from './connector.ts';
import type { LinkState } from './link-state.ts';
import { PlatformSession } from './platform-session.ts';
import type { PlatformSessionContext } from './session-context.ts';

const willDelaySeconds = 30;
const sessionExpirySeconds = 7 * 24 * 3600;
const receiveMaximum = 32;
const keepAliveSeconds = 300;
const webSocketKeepAliveSeconds = 60;

export interface PlatformContext
  extends
    Pick<AgentPorts, 'clock' | 'log' | 'entropy'>,
    Pick<PlatformSessionContext, 'outbox' | 'publisher' | 'held' | 'sessionId' | 'handlers' | 'enqueueDocuments' | 'onEstablished'>,
    Pick<ConnectorContext, 'save'> {
  readonly settings: Pick<AgentSettings, 'brokerUrl' | 'apiUrl' | 'tls' | 'reconnect'>;
  /** Knows what to log in with. */
  readonly enroller: Pick<Enroller, 'login' | 'loginAccepted' | 'loginRefused'>;
  readonly identity: Identity;
  readonly link: OutletLink;
  readonly linkState: LinkState;
  readonly clones: CloneWatch;
  /** A connection was accepted; the conversation begins after it. */
  readonly onConnected: () => void;
  /** Another PC uses this client id. */
  readonly onCloned: () => void;
}

/** What is remade when the client id changes. */
export interface Platform {
  readonly session: PlatformSession;
  readonly connector: Connector;
}

/** Keeps a connection under this identity, and the conversation on it. Nothing happens before `connector.start()`. */
export function wirePlatform(context: PlatformContext): Platform {
  const { clock, log, link, entropy, settings, identity, enroller, linkState, clones, outbox, publisher, held, sessionId } = context;
  const { brokerUrl, apiUrl, tls, reconnect } = settings;
  const { organizationId, clientId } = identity;
  const session: PlatformSession = new PlatformSession({
    clock,
    log: log.child('platform'),
    outbox,
    publisher,
    held,
    organizationId,
    clientId,
    sessionId,
    handlers: context.handlers,
    enqueueDocuments: context.enqueueDocuments,
    onEstablished: context.onEstablished,
    onForeignPresence: () => {
      if (clones.foreignPresence(clock.monotonic())) context.onCloned();
    },
    onBroken: () => {
      connector.giveUp('the conversation could not go on');
    },
  });
  const connector = new Connector({
    link,
    clock,
    log: log.child('link'),
    entropy,
    state: linkState,
    limits: reconnect,
    url: brokerUrl,
    configuration: entropy.sha256(
      JSON.stringify([brokerUrl, organizationId, identity.enrolment, tls, reconnect, ...(apiUrl === null ? [] : [apiUrl])]),
    ),
    options: () => connectOptions(context, session),
    save: context.save,
    onRefused: () => {
      enroller.loginRefused();
    },
    onConnected: (connection) => {
      enroller.loginAccepted();
      context.onConnected();
      session.open(connection);
    },
    onClosed: ({ reasonCode }) => {
      session.closed();
      if (clones.closed(reasonCode, clock.monotonic())) context.onCloned();
    },
  });
  return { session, connector };
}

function connectOptions({ settings, identity, enroller }: PlatformContext, session: PlatformSession): Omit<OutletConnectOptions, 'version' | 'url'> {
  const { brokerUrl, tls } = settings;
  const { password, clientCertificate } = enroller.login;
  const { organizationId, clientId } = identity;
  return {
    clientId,
    userName: mqttUserName(organizationId, clientId),
    password,
    will: session.will(),
    willDelaySeconds,
    sessionExpirySeconds,
    receiveMaximum,
    keepAliveSeconds: /^wss?:/i.test(brokerUrl) ? webSocketKeepAliveSeconds : keepAliveSeconds,
    tls: { ...tls, clientCertificate },
  };
}
