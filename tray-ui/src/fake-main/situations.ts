import type { AppState, DeviceView, FirmwareView, Pairing, SentEntry, Target } from '../bridge/index.ts';
import { at } from './clock.ts';
import { evolve65, evolve75, evolve85, firmware, link380, readyFirmware, speak75, updatingFirmware, waitingFirmware } from './devices.ts';
import { sentEntries } from './sent-entries.ts';

/** One picture of the design: what main says, and where the window is. */
export interface Situation {
  readonly state: AppState;
  readonly place: Target;
  readonly view: 'window' | 'flyout';
  readonly sent: readonly SentEntry[];
}

const devices: Target = { page: 'devices', deviceId: null, tab: null };
const device = (tab: 'settings' | 'firmware' | 'details'): Target => ({ page: 'devices', deviceId: evolve75.deviceId, tab });
const page = (name: Target['page']): Target => ({ page: name, deviceId: null, tab: null });

const base: AppState = {
  version: '1.4.0',
  agent: { state: 'running' },
  status: {
    organisation: 'Acme',
    client: 'Vienna office',
    connection: 'connected',
    host: 'platform.acme.example',
    isEncrypted: true,
    lastContactAt: at.lastContact,
    nextTryAt: null,
    revokedAt: null,
    queued: 0,
    usage: {
      memory: { used: 74_000_000, limit: 150_000_000 },
      processor: { used: 0.1, limit: 1 },
      network: { used: 34_000, limit: 1_000_000 },
    },
    rivals: [],
  },
  policy: {
    endUserSettings: 'allowed',
    allowQuit: true,
    metadata: { userName: false, computer: true, location: false },
    updateWindow: null,
  },
  preferences: { language: 'system', batteryNotice: false, hasSeenFirstRun: true },
  devices: [evolve75, evolve65, link380, speak75, evolve85],
  pairing: null,
};

const situation = (changed: Partial<AppState>, place: Target = devices, more: Partial<Situation> = {}): Situation => ({
  state: { ...base, ...changed },
  place,
  view: 'window',
  sent: sentEntries,
  ...more,
});
const status = (changed: Partial<AppState['status']>): AppState['status'] => ({ ...base.status, ...changed });
const withFirmware = (view: FirmwareView, changed: Partial<DeviceView> = {}): Situation =>
  situation({ devices: [{ ...evolve75, firmware: view, ...changed }, speak75] }, device('firmware'));
const pairing = (one: Pairing): Situation => situation({ pairing: one });
const unmanaged = (one: DeviceView): DeviceView => ({
  ...one,
  firmware: firmware({ status: 'unmanaged', version: one.firmware.version, decidedBy: null }),
  settings: one.settings.map((row) => ({ ...row, isLocked: false, source: null, waiting: null, problem: null, enforcedAt: null, putBackAt: null })),
});

const failed = waitingFirmware({
  status: 'failed',
  error: { code: 'interrupted', message: 'cut off five times' },
  isRecoverable: true,
  isUsable: false,
  stoppedAt: 45,
  lastTry: { startedAt: at.now - 7 * 60_000, endedAt: at.now - 4 * 60_000, version: '1.11.7' },
  isFailureKnown: true,
});
const recovering = (recovery: NonNullable<FirmwareView['recovery']>): Situation => {
  const unplugged: DeviceView = { ...link380, connection: { ...link380.connection, status: 'disconnected', lastSeenAt: at.now } };
  return situation({ devices: [{ ...evolve75, firmware: { ...failed, recovery } }, speak75, unplugged] }, device('firmware'));
};
const found = { id: 'f1', name: 'Jabra Evolve2 65', formFactor: 'headset', endsIn: '3456' } as const;
const adapter = 'Jabra Link 380';

/** Every picture, by the name that its screenshot has. */
export const situations = {
  devices: situation({}),
  'devices-first-run': situation({ preferences: { ...base.preferences, hasSeenFirstRun: false } }),
  'devices-empty': situation({ devices: [] }),
  'devices-starting': situation({ agent: { state: 'starting' }, devices: [] }),
  'devices-standby': situation({ agent: { state: 'standby' }, devices: [] }),
  'devices-error': situation({
    agent: { state: 'stopped', code: 'configuration', problems: ['config.json: organizationId is missing'] },
    devices: [],
    status: status({ organisation: null, client: null, connection: 'not-set-up', host: null, lastContactAt: null, usage: null }),
  }),
  'devices-revoked': situation({
    status: status({ connection: 'revoked', revokedAt: at.revoked }),
    devices: [evolve75, evolve65, link380, speak75].map(unmanaged),
  }),
  settings: situation({}, device('settings')),
  'settings-hidden': situation({ policy: { ...base.policy, endUserSettings: 'hidden' } }, device('details')),
  'settings-away': situation({}, { page: 'devices', deviceId: evolve85.deviceId, tab: 'settings' }),
  details: situation({}, device('details')),
  'firmware-ready': withFirmware(readyFirmware),
  'firmware-last-call': withFirmware(waitingFirmware({ prompt: { kind: 'announce', startsAt: at.now + 15 * 60_000, postponedTimes: 3 } })),
  'firmware-postponed': withFirmware(
    waitingFirmware({ status: 'postponed', reason: 'postponed-by-user', prompt: { kind: 'postponed', until: at.tomorrow, postponementsLeft: 1 } }),
  ),
  'firmware-downloading': withFirmware(
    waitingFirmware({ reason: 'downloading', download: { done: 2_400_000, total: 4_000_000 }, usualMinutes: null }),
  ),
  'firmware-in-call': withFirmware(waitingFirmware({ reason: 'in-call' })),
  'firmware-battery-low': withFirmware(waitingFirmware({ reason: 'battery-low' }), { battery: { level: 12, charging: false, low: true } }),
  'firmware-outside-window': situation(
    {
      policy: { ...base.policy, updateWindow: { start: '18:00', end: '06:00' } },
      devices: [{ ...evolve75, firmware: waitingFirmware({ reason: 'outside-window' }) }],
    },
    device('firmware'),
  ),
  'firmware-disconnected': withFirmware(waitingFirmware({ reason: 'disconnected' }), {
    connection: { ...evolve75.connection, status: 'disconnected', lastSeenAt: at.friday },
  }),
  'firmware-cut-off': withFirmware(waitingFirmware({ reason: 'disconnected', hasBegun: true, version: '2.8.1' }), {
    connection: { ...evolve75.connection, status: 'disconnected', transport: 'dongle', lastSeenAt: at.lastContact },
  }),
  'firmware-busy': withFirmware(waitingFirmware({ reason: 'busy' })),
  'firmware-updating': withFirmware(updatingFirmware),
  'firmware-restarting': withFirmware(
    waitingFirmware({
      status: 'updating',
      activity: { phase: 'installing', progress: 95, startedAt: at.updateStarted, sent: null, secondsAfterSending: 40 },
    }),
    { connection: { ...evolve75.connection, status: 'disconnected', lastSeenAt: at.now } },
  ),
  'firmware-latest': withFirmware(firmware({})),
  'firmware-available': withFirmware(firmware({ status: 'available', version: '1.8.13', targetVersion: '1.11.7', keptUpdated: false })),
  'firmware-unmanaged': withFirmware(firmware({ status: 'unmanaged', version: '1.8.13', decidedBy: null })),
  'firmware-unknown': withFirmware(firmware({ status: 'unknown', version: null })),
  'firmware-failed': withFirmware(failed),
  'firmware-failed-works': withFirmware({ ...failed, isUsable: true }),
  'firmware-not-installed': withFirmware(
    waitingFirmware({ status: 'failed', error: { code: 'hash-mismatch', message: 'sha256' }, lastTry: failed.lastTry }),
  ),
  'recovery-prepare': recovering({
    step: 'prepare',
    others: [
      { deviceId: speak75.deviceId, name: speak75.name, isConnected: true },
      { deviceId: link380.deviceId, name: link380.name, isConnected: false },
    ],
  }),
  'recovery-running': recovering({
    step: 'running',
    version: '1.11.7',
    phase: 'transferring',
    progress: 38,
    startedAt: at.now - 150_000,
    sent: { done: 1_520_000, total: 4_000_000, since: at.now - 95_000, doneThen: 0 },
    secondsAfterSending: 20,
  }),
  'recovery-complete': recovering({ step: 'complete', version: '1.11.7', unplugged: [speak75.name] }),
  'recovery-failed': recovering({ step: 'failed', error: { code: 'device-error', message: 'no answer' }, minutes: 5 }),
  'pairing-searching': pairing({ step: 'searching', adapter, startedAt: at.now - 12_000, found: [] }),
  'pairing-found': pairing({
    step: 'searching',
    adapter,
    startedAt: at.now - 18_000,
    found: [found, { ...found, id: 'f2', name: 'Jabra Evolve2 75', endsIn: '09B1' }],
  }),
  'pairing-search-over': pairing({ step: 'searching', adapter, startedAt: at.now - 60_000, isOver: true, found: [found] }),
  'pairing-connecting': pairing({ step: 'connecting', adapter, name: found.name }),
  'pairing-connected': pairing({ step: 'connected', adapter, device: found, battery: 42 }),
  'pairing-nothing-found': pairing({ step: 'nothing-found', adapter, seconds: 60 }),
  'pairing-refused': pairing({ step: 'refused', adapter, name: found.name }),
  'pairing-no-adapter': pairing({ step: 'no-adapter' }),
  'pairing-unable': pairing({ step: 'no-adapter', unable: 'Jabra Link 390' }),
  'pairing-unplugged': pairing({ step: 'unplugged', adapter }),
  status: situation({ status: status({ rivals: ['Jabra Direct'] }) }, page('status')),
  'status-offline': situation(
    { status: status({ connection: 'not-connected', lastContactAt: at.yesterday, nextTryAt: at.nextTry, queued: 6, usage: null }) },
    page('status'),
  ),
  'status-not-authorised': situation({ status: status({ connection: 'not-authorised', nextTryAt: at.nextTry, queued: 2 }) }, page('status')),
  'status-revoked': situation(
    { status: status({ connection: 'revoked', revokedAt: at.revoked, usage: null }), devices: [unmanaged(evolve75)] },
    page('status'),
  ),
  sent: situation({}, page('sent')),
  'sent-empty': situation({}, page('sent'), { sent: [] }),
  help: situation({ status: status({ rivals: ['Jabra Direct'] }) }, page('help')),
  about: situation({}, page('about')),
  'flyout-ready': situation({}, devices, { view: 'flyout' }),
  'flyout-updating': situation({ devices: [{ ...evolve75, firmware: updatingFirmware }, evolve65, link380, speak75] }, devices, { view: 'flyout' }),
} as const satisfies Readonly<Record<string, Situation>>;

export type SituationName = keyof typeof situations;
export const isSituation = (name: string): name is SituationName => Object.hasOwn(situations, name);
