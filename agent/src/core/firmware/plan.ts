import { minimumBatteryPercent, type UpdatePhase } from '@jpd/protocol';
import type {
  DesiredFirmware,
  DeviceBattery,
  DeviceFirmware,
  FirmwareError,
  FirmwarePendingReason,
  ManagedFirmware,
  PolicyRules,
} from '../../contract/index.ts';
import type { LocalTimeAt } from '../../ports/index.ts';
import { isJsonObject } from '../state/json-object.ts';
import type { PackageState } from './package-state.ts';
import type { FirmwareRecord } from './record.ts';
import { recordFor } from './record.ts';
import { firmwareStatus } from './status.ts';
import type { FirmwarePrompt } from './view.ts';
import { windowState } from './window.ts';

const hourMs = 3_600_000;
/** Between the announcement and the start of what cannot be put off any more (contract 4). */
const announcedForMs = 15 * 60_000;

/** What counts of a device. */
export interface FirmwareDevice {
  readonly version: string | null;
  readonly isConnected: boolean;
  /** Null where it has none. */
  readonly battery: Pick<DeviceBattery, 'level'> | null;
  /** Where it is now it can take firmware: by its cable or behind its dongle. */
  readonly isReachable: boolean;
  /** Why it never can, null where nothing is known against it. */
  readonly obstacle: string | null;
  readonly isInCall: boolean;
}

/** An update that is under way on this device. */
export interface RunningUpdate {
  /** What it installs. */
  readonly version: string;
  readonly phase: UpdatePhase | 'restoring';
  /** Percent, in steps of 5. */
  readonly progress: number;
  /** It was pulled out meanwhile. */
  readonly isAway: boolean;
}

export interface FirmwareInput {
  /** Unix milliseconds. */
  readonly now: number;
  readonly localTime: LocalTimeAt;
  readonly rules: Pick<PolicyRules, 'updateWindow' | 'postponeLimit' | 'postponeHours'>;
  /** Somebody can be asked. */
  readonly isAttended: boolean;
  readonly desired: { readonly firmware: DesiredFirmware; readonly revision: number } | null;
  readonly device: FirmwareDevice;
  readonly package: PackageState;
  readonly record: FirmwareRecord | null;
  readonly running: RunningUpdate | null;
  /** Another update is under way on this device, its dongle, or what is behind it. */
  readonly isBusy: boolean;
  /** Unix milliseconds; null where nothing went wrong lately. */
  readonly retryAt: number | null;
}

export type FirmwareAction =
  | { readonly kind: 'none' | 'download' | 'ask' | 'announce' | 'start' }
  /** The question ran out. */
  | { readonly kind: 'postpone' }
  | { readonly kind: 'fail'; readonly error: FirmwareError };

export interface FirmwarePlan {
  /** What the device document says. */
  readonly firmware: DeviceFirmware;
  readonly action: FirmwareAction;
  readonly prompt: FirmwarePrompt | null;
  /** Unix milliseconds; null where only something that happens changes anything. */
  readonly lookAt: number | null;
}

/** A managed package that differs from what the device runs. */
interface Wanted {
  readonly input: FirmwareInput;
  readonly firmware: ManagedFirmware;
  readonly version: string;
  readonly record: FirmwareRecord;
}

type Rest = Partial<Omit<FirmwarePlan, 'firmware'>>;

const none = { action: { kind: 'none' }, prompt: null, lookAt: null } as const;

const target = ({ version, firmware }: Wanted) => ({ version, targetVersion: firmware.version, progress: null, reason: null, error: null });

const pending = (wanted: Wanted, reason: FirmwarePendingReason | null, rest: Rest = {}): FirmwarePlan => ({
  ...none,
  ...rest,
  firmware: { ...target(wanted), status: 'pending', reason },
});

const failed = (wanted: Wanted, error: FirmwareError, action: FirmwareAction = none.action): FirmwarePlan => ({
  ...none,
  action,
  firmware: { ...target(wanted), status: 'failed', error },
});

const fails = (wanted: Wanted, error: FirmwareError): FirmwarePlan => failed(wanted, error, { kind: 'fail', error });

/** Whether the device may have been told to install already: then it is asked what became of it, whatever the hour. */
export function mayBeInstalling({ journal }: FirmwareRecord): boolean {
  return isJsonObject(journal) && (journal['phase'] === 'committing' || journal['kind'] === 'file-update-started');
}

function whileRunning(wanted: Wanted, { version, progress, isAway }: RunningUpdate): FirmwarePlan {
  // Another version is desired since: this update is being called off.
  if (version !== wanted.firmware.version) return pending(wanted, 'busy');
  if (isAway) return pending(wanted, 'disconnected');
  return { ...none, firmware: { ...target(wanted), status: 'updating', progress } };
}

/** What keeps an update that everybody agreed to. */
function obstacleNow({
  now,
  device,
  rules,
  localTime,
  isBusy,
  retryAt,
}: FirmwareInput): { reason: FirmwarePendingReason; lookAt: number | null } | null {
  const { battery } = device;
  const window = windowState(rules.updateWindow, now, localTime);
  if (device.isInCall) return { reason: 'in-call', lookAt: null };
  // A device that has a battery and doesn't know how full it is may be about to go out.
  if (battery && (battery.level ?? 0) < minimumBatteryPercent) return { reason: 'battery-low', lookAt: null };
  if (!window.isOpen) return { reason: 'outside-window', lookAt: window.lookAt };
  if (isBusy) return { reason: 'busy', lookAt: null };
  if (retryAt !== null && retryAt > now) return { reason: 'busy', lookAt: retryAt };
  return null;
}

/** Whether an update may begin to write now: battery, call, window and other updates. */
export const mayWrite = (input: FirmwareInput): boolean => obstacleNow({ ...input, isBusy: false, retryAt: null }) === null;

function whenAgreed(wanted: Wanted): FirmwarePlan {
  const obstacle = obstacleNow(wanted.input);
  if (obstacle) return pending(wanted, obstacle.reason, { lookAt: obstacle.lookAt });
  return pending(wanted, null, { action: { kind: 'start' } });
}

/** A wait that began at `since` and takes `ms`: when it ends; null where it is over. A wall clock that was set back must not make it longer. */
const endOfWait = (since: number, ms: number, now: number): number | null => (now >= since && now < since + ms ? since + ms : null);

function whenAnnounced(wanted: Wanted, announcedAt: number): FirmwarePlan {
  const startsAt = endOfWait(announcedAt, announcedForMs, wanted.input.now);
  if (startsAt === null) return whenAgreed(wanted);
  return pending(wanted, null, {
    lookAt: startsAt,
    prompt: { kind: 'announce', version: wanted.firmware.version, startsAt, postponedTimes: wanted.record.postponements },
  });
}

/** Asks a person, as often as the policy lets them put it off (contract 4). */
function whenAttended(wanted: Wanted): FirmwarePlan {
  const { record, firmware, input } = wanted;
  const { now, rules } = input;
  if (record.announcedAt !== null) return whenAnnounced(wanted, record.announcedAt);
  const postponementsLeft = rules.postponeLimit - record.postponements;
  if (postponementsLeft <= 0) return pending(wanted, null, { action: { kind: 'announce' } });
  if (record.askedAt === null) return pending(wanted, null, { action: { kind: 'ask' } });
  const waitMs = rules.postponeHours * hourMs;
  const expiresAt = endOfWait(record.askedAt, waitMs, now);
  if (expiresAt === null) return pending(wanted, null, { action: { kind: 'postpone' } });
  const { version } = firmware;
  const installsAfter = record.askedAt + postponementsLeft * waitMs;
  const { postponeHours } = rules;
  return pending(wanted, null, { lookAt: expiresAt, prompt: { kind: 'ask', version, postponementsLeft, postponeHours, expiresAt, installsAfter } });
}

/** Null where it wasn't put off, or that is over; also where it was for longer than the policy now says. */
function postponement({ record, firmware, input }: Wanted): { until: number; prompt: FirmwarePrompt } | null {
  const { postponedUntil: until, postponements } = record;
  const { now, rules } = input;
  if (until === null || until <= now || until - now > rules.postponeHours * hourMs) return null;
  const postponementsLeft = Math.max(0, rules.postponeLimit - postponements);
  return { until, prompt: { kind: 'postponed', version: firmware.version, until, postponementsLeft } };
}

function whenThere(wanted: Wanted): FirmwarePlan {
  const { input, record, firmware } = wanted;
  const state = input.package;
  if (state.kind === 'failed') return fails(wanted, state.error);
  if (state.kind === 'waiting' && state.until > input.now) return pending(wanted, 'downloading', { lookAt: state.until });
  if (state.kind !== 'ready') return pending(wanted, 'downloading', { action: { kind: state.kind === 'downloading' ? 'none' : 'download' } });
  if (mayBeInstalling(record)) {
    if (input.isBusy) return pending(wanted, 'busy');
    if (input.retryAt !== null && input.retryAt > input.now) return pending(wanted, 'busy', { lookAt: input.retryAt });
    return pending(wanted, null, { action: { kind: 'start' } });
  }
  const isSettled = record.isAgreed || record.begun?.to === firmware.version;
  const postponed = isSettled ? null : postponement(wanted);
  if (postponed) {
    const { until, prompt } = postponed;
    return { ...none, prompt, lookAt: until, firmware: { ...target(wanted), status: 'postponed', reason: 'postponed-by-user' } };
  }
  return isSettled || !input.isAttended ? whenAgreed(wanted) : whenAttended(wanted);
}

/**
 * What the document says of a device's firmware and what is done next: the contract's table row by row. Pure: the same input gives the same plan, and a
 * plan is looked at anew whenever something of the input changed, or at `lookAt`.
 */
export function planFirmware(input: FirmwareInput): FirmwarePlan {
  const { desired, device, running } = input;
  const firmware = firmwareStatus(device.version, desired?.firmware ?? null, device.isConnected);
  const isWanted = firmware.status === 'pending' || firmware.status === 'failed';
  if (!isWanted || desired?.firmware.management !== 'managed') return { ...none, firmware };
  const record = recordFor(input.record, { version: desired.firmware.version, revision: desired.revision });
  const wanted: Wanted = { input, firmware: desired.firmware, version: firmware.version, record };
  if (firmware.status === 'failed') {
    const isNews = record.failure?.code !== firmware.error.code;
    return isNews ? fails(wanted, firmware.error) : failed(wanted, firmware.error);
  }
  if (running) return whileRunning(wanted, running);
  // A downgrade that was refused is none any more once the device runs something older.
  if (record.failure && record.failure.code !== 'downgrade-refused') return failed(wanted, record.failure);
  if (device.isConnected && device.obstacle !== null) return fails(wanted, { code: 'device-error', message: device.obstacle });
  if (!device.isConnected || !device.isReachable) return pending(wanted, 'disconnected');
  return whenThere(wanted);
}
