import type { DeviceView, Preferences, AppState } from '../bridge/index.ts';
import type { AgentView } from './agent/agent-view.ts';

/**
 * What the windows show, of what the agent says: the least that they can work with, until the whole mapping takes its place.
 * `version` is the app's own.
 */
export function appStateOf(view: AgentView, preferences: Preferences, version: string): AppState {
  const { process, local } = view;
  return {
    version,
    agent: process,
    status: {
      organisation: local === null ? null : (local.organizationName ?? local.organizationId),
      client: local?.clientName ?? null,
      connection: local === null ? 'not-set-up' : local.revoked ? 'revoked' : 'connected',
      host: null,
      isEncrypted: false,
      lastContactAt: null,
      nextTryAt: null,
      revokedAt: null,
      queued: 0,
      usage: null,
      rivals: [],
    },
    policy: { endUserSettings: 'allowed', allowQuit: true, metadata: { userName: false, computer: false, location: false }, updateWindow: null },
    preferences,
    devices: (local?.devices ?? []).map((document): DeviceView => deviceView(document, local)),
    pairing: null,
  };
}

type Local = NonNullable<AgentView['local']>;

function deviceView(document: Local['devices'][number], local: AgentView['local']): DeviceView {
  const { deviceId, model, connection, battery, firmware, settings } = document;
  const view = local?.firmware.find((one) => one.deviceId === deviceId);
  const desired = local?.desired.find((one) => one.deviceId === deviceId);
  const source = desired ? { kind: desired.source.kind, name: desired.source.name } : null;
  const activity = view?.activity ?? null;
  const recovery = view?.recovery ?? null;
  const prompt = view?.prompt ?? null;
  return {
    deviceId,
    name: model.name,
    family: model.family,
    formFactor: model.formFactor,
    serialNumber: document.electronicSerialNumber,
    connection: { ...connection, lastSeenAt: Date.parse(connection.lastSeenAt) },
    battery: battery ?? null,
    firmware: {
      status: firmware.status,
      version: firmware.version,
      targetVersion: firmware.targetVersion ?? null,
      reason: firmware.reason ?? null,
      error: firmware.error ?? null,
      checkedAt: null,
      prompt: prompt?.kind === 'announce' ? { kind: 'announce', startsAt: prompt.startsAt, postponedTimes: 0 } : prompt,
      packageBytes: view?.download?.total ?? null,
      download: view?.download ?? null,
      usualMinutes: null,
      activity: activity && { ...activity, sent: null, secondsAfterSending: 40 },
      hasBegun: false,
      isRecoverable: view?.isRecoverable ?? false,
      stoppedAt: null,
      lastTry: null,
      isFailureKnown: false,
      recovery: recovery && recoveryView(recovery, firmware.targetVersion ?? ''),
      decidedBy: source,
      keptUpdated: firmware.status !== 'unmanaged',
    },
    settings: Object.entries(settings.values).map(([key, value]) => ({
      key,
      value,
      control: typeof value === 'boolean' ? { kind: 'switch' } : { kind: 'none' },
      isLocked: settings.locked.includes(key),
      source: settings.locked.includes(key) ? source : null,
      since: null,
      waiting: null,
      problem: null,
      enforcedAt: null,
      putBackAt: null,
    })),
  };
}

function recoveryView(
  recovery: NonNullable<Local['firmware'][number]['recovery']>,
  version: string,
): NonNullable<DeviceView['firmware']['recovery']> {
  switch (recovery.step) {
    case 'running':
      return { ...recovery, version, sent: null, secondsAfterSending: 40 };
    case 'complete':
      return { ...recovery, unplugged: [] };
    case 'failed':
      return { ...recovery, minutes: 0 };
    case 'prepare':
    case 'waiting':
      return recovery;
  }
}
