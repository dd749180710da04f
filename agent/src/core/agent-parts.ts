import { type DeviceDocument, timestamp } from '../contract/index.ts';
import type { StoreWrite } from '../ports/index.ts';
import type { AgentPorts, AgentSettings } from './agent-settings.ts';
import type { AgentState } from './agent-state.ts';
import { ClientPublishing } from './client-publishing.ts';
import { commandRunners } from './command-runners.ts';
import { Commands } from './commands.ts';
import { DevicePublishing } from './device-publishing.ts';
import { Calls } from './devices/calls.ts';
import { DeviceManager } from './devices/device-manager.ts';
import { Discovery } from './devices/discovery.ts';
import { FirmwareEngine } from './firmware/engine.ts';
import { HidLeases } from './firmware/hid-leases.ts';
import { plugsOf } from './firmware/reach.ts';
import { LoginGate } from './login-gate.ts';
import { History } from './overview/history.ts';
import { PairingDesk } from './pairing/pairing-desk.ts';
import { personActions, type PersonActions } from './person-actions.ts';
import { Contact } from './platform/contact.ts';
import { HeldMessages } from './platform/held-messages.ts';
import { LinkState } from './platform/link-state.ts';
import { type EventDraft, Outbox } from './platform/outbox.ts';
import type { PlatformSession } from './platform/platform-session.ts';
import { Publisher } from './platform/publisher.ts';
import { PolicyHolder } from './policy-holder.ts';
import { scrubbedEvent } from './privacy/clearance.ts';
import type { OutletLink } from './privacy/outgoing.ts';
import { Outlet } from './privacy/outlet.ts';
import { Scrubber } from './privacy/scrubber.ts';
import { Listeners } from './listeners.ts';
import { Journal } from './state/journal.ts';

/** What changes while the agent works, asked for when it is needed. */
export interface Present {
  readonly clientId: () => string;
  readonly isRevoked: () => boolean;
  /** Null before the first and between two client ids. */
  readonly session: () => PlatformSession | null;
}

/** What lives as long as the agent does, whoever it is to the platform. */
export interface AgentParts {
  readonly journal: Journal;
  readonly policy: PolicyHolder;
  readonly outlet: Outlet;
  /** The way to the platform, through the outlet. */
  readonly link: OutletLink;
  /** Something left this PC. */
  readonly sent: Listeners<[]>;
  /** Something that a user interface shows may have changed. */
  readonly changed: Listeners<[]>;
  readonly calls: Pick<Calls, 'isAnyInCall'>;
  readonly linkState: LinkState;
  readonly contact: Contact;
  readonly history: History;
  readonly gate: LoginGate;
  readonly outbox: Outbox;
  readonly publisher: Publisher;
  readonly held: HeldMessages;
  readonly clientPublishing: ClientPublishing;
  readonly devicePublishing: DevicePublishing;
  readonly devices: DeviceManager;
  readonly discovery: Discovery;
  /** Null where no package can be had. */
  readonly firmware: FirmwareEngine | null;
  readonly pairing: PairingDesk;
  readonly person: PersonActions;
  readonly commands: Commands;
  /** The policy or the mode lets no desired document wait for a login. */
  readonly appliesImmediately: () => boolean;
  /** Makes writes and the events that tell of them durable together, then sends the events. */
  readonly commit: (writes: readonly StoreWrite[], events: readonly EventDraft[]) => Promise<void>;
}

/** Somebody must know whether it is in a call. */
const waitsForFirmware = ({ firmware }: DeviceDocument): boolean => firmware.status === 'pending' || firmware.status === 'postponed';

/** Builds the parts on a loaded state. Nothing happens yet. */
export function buildParts(ports: AgentPorts, settings: AgentSettings, state: AgentState, present: Present): AgentParts {
  const { clock, entropy, log, host, localTime, packages } = ports;
  const { clientName, clientVersion, mode, operatorMappings } = settings;
  const journal = new Journal(ports.store, clock, log.child('state'));
  const save = (writes: readonly StoreWrite[]): Promise<void> => journal.commit(writes);
  const policy = new PolicyHolder(state.policy);
  const scrubber = new Scrubber(settings.ownNames, settings.enrollmentToken === null ? [] : [settings.enrollmentToken]);
  const sent = new Listeners<[]>();
  const changed = new Listeners<[]>();
  const tellChange = (): void => {
    changed.emit();
  };
  const outlet = new Outlet({
    clock,
    sentLog: ports.sentLog,
    scrubber,
    gates: () => policy.rules.metadata,
    onSent: () => {
      sent.emit();
    },
  });
  const linkState = new LinkState(state.link);
  const contact = new Contact({ clock, state: linkState, save: (write) => save([write]), onChange: tellChange });
  const link = contact.watched(outlet.link(ports.link));
  const gate = new LoginGate(linkState, settings.loginSessionId);
  const history = new History({
    section: state.history,
    desired: state.desired,
    devices: state.devices.name,
    now: () => clock.now(),
    percentOf: (deviceId) => firmware?.snapshot().find((view) => view.deviceId === deviceId)?.percentSent ?? null,
  });
  const outbox = new Outbox(state.events, clock, entropy, (writes, acknowledged) => {
    tellChange();
    return save([...writes, ...history.acknowledged(acknowledged)]);
  });
  const publisher = new Publisher((topic, error) => {
    log.warn('a document could not be published', { topic, error });
  });
  const held = new HeldMessages(state.held, save);
  const topics = () => present.session()?.connectedTopics ?? null;
  const startedAt = timestamp(clock.now());
  const clientPublishing = new ClientPublishing({
    clock,
    host,
    log: log.child('client'),
    publisher,
    facts: () => ({ clientId: present.clientId(), clientName, clientVersion, mode, loginSessionId: gate.loginSessionId, startedAt }),
    gates: () => policy.rules.metadata,
    topic: () => topics()?.client ?? null,
  });
  const { devices: records, tombstones, desired } = state;
  const devicePublishing = new DevicePublishing({ publisher, records, tombstones, save, topics });
  const commit: AgentParts['commit'] = async (writes, events) => {
    const noted = history.note(writes, events);
    const { writes: eventWrites, flush } = outbox.append(present.isRevoked() ? [] : events.map((event) => scrubbedEvent(event, scrubber)));
    if (eventWrites.length > 0) tellChange();
    await journal.commit([...devicePublishing.withTombstones(writes), ...eventWrites, ...noted]);
    flush();
  };
  const hid = new HidLeases(ports.hid, clock);
  const calls = new Calls({ hid, clock, log: log.child('calls') });
  const plugs = (deviceId: string): ReadonlySet<string> => plugsOf(devices.device(deviceId)?.routes.values() ?? []);
  const isInCall = (deviceId: string): boolean => calls.isInCall(plugs(deviceId));
  const engine = {
    clock,
    entropy,
    localTime,
    hid,
    isInCall,
    save,
    desired,
    log: log.child('firmware'),
    records: state.firmware,
    paces: state.paces,
    rules: () => policy.rules,
    isAttended: settings.attended === true && mode !== 'room',
    devices: () => devices,
  };
  const firmware = packages ? new FirmwareEngine({ ...engine, packages }) : null;
  calls.onChange(() => {
    firmware?.rulesChanged();
    changed.emit();
  });
  firmware?.onChange(tellChange);
  const devices: DeviceManager = new DeviceManager({
    clock,
    log: log.child('devices'),
    records,
    desired,
    policy: () => policy.rules,
    commit,
    publish: (deviceId, document) => {
      devicePublishing.publish(deviceId, document);
      changed.emit();
      calls.need(
        new Set(
          devices
            .documents()
            .filter(waitsForFirmware)
            .flatMap((waiting) => [...plugs(waiting.deviceId)]),
        ),
      );
    },
    sha256: (text) => entropy.sha256(text),
    ...(firmware ? { firmware } : {}),
  });
  const discovery = new Discovery({ hid, clock, log: log.child('discovery'), operatorMappings, listener: devices, calls });
  const pairing = new PairingDesk({ clock, devices });
  changed.add(() => {
    pairing.look();
  });
  pairing.onChange(() => {
    changed.emit();
  });
  const commands = new Commands({
    clock,
    log: log.child('commands'),
    records: state.commands,
    commit: save,
    publish: async (result, source) => present.session()?.publishResult(result, source),
    runners: commandRunners({
      clock,
      devices,
      log: log.child('commands'),
      isInCall,
      firmware,
      http: ports.http ? outlet.http(ports.http, { kind: 'diagnostics', note: 'the files of `jabra-agent diagnostics`, redacted' }) : null,
      diagnostics: ports.diagnostics ?? null,
      updateClient: () => clientPublishing.update(),
    }),
  });
  const appliesImmediately = (): boolean => mode === 'room' || policy.rules.applySettings === 'immediately';
  return {
    journal,
    policy,
    outlet,
    link,
    sent,
    changed,
    calls,
    linkState,
    contact,
    history,
    gate,
    outbox,
    publisher,
    held,
    clientPublishing,
    devicePublishing,
    devices,
    discovery,
    firmware,
    pairing,
    person: personActions(devices, pairing),
    commands,
    appliesImmediately,
    commit,
  };
}
