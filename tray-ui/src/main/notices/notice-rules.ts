import type { AppState, DeviceView } from '../../bridge/index.ts';
import { isAsking } from '../tray/tray-face.ts';
import type { NoticeMemory } from './notice-memory.ts';

/** One thing to tell a person who has no window open. */
export type Notice =
  | {
      readonly kind: 'ready';
      readonly device: DeviceView;
      readonly postponementsLeft: number;
      readonly installsAfter: number;
      readonly postponeHours: number;
    }
  | { readonly kind: 'updates-at'; readonly device: DeviceView; readonly startsAt: number }
  | { readonly kind: 'up-to-date'; readonly device: DeviceView; readonly version: string }
  | { readonly kind: 'failed'; readonly device: DeviceView }
  | { readonly kind: 'revoked'; readonly organisation: string }
  | { readonly kind: 'battery-low'; readonly device: DeviceView; readonly level: number };

/** Why nothing may be told now. What is held back is told later, where it is still true. */
export interface Quiet {
  readonly inCall: boolean;
  readonly doNotDisturb: boolean;
}

interface Told {
  readonly notice: Notice;
  readonly key: string;
}

const dayMs = 86_400_000;
/** Before a forced start. */
const announceMs = 15 * 60_000;

/** What to tell now, and the memory after it. All there is: nothing is told of plugging, settings or the connection. */
export function noticesNow(
  state: AppState,
  memory: NoticeMemory,
  context: Quiet & { readonly now: number },
): { readonly notices: readonly Notice[]; readonly memory: NoticeMemory } {
  const { now } = context;
  const kept = forgotten(state, memory);
  if (context.inCall || context.doNotDisturb) return { notices: [], memory: kept };
  const due = [...state.devices.flatMap((device) => ofDevice(device, kept, now)), ...lowBatteries(state), ...revoked(state)];
  const fresh = due.filter(({ key }) => kept.told[key] === undefined);
  const told = { ...kept.told };
  let { asked } = kept;
  for (const { key, notice } of fresh) {
    told[key] = now;
    if (notice.kind === 'ready') told[readyKey(notice.device)] = now;
    if (notice.kind === 'up-to-date' || notice.kind === 'failed') asked = without(asked, notice.device.deviceId);
  }
  return { notices: fresh.map(({ notice }) => notice), memory: { told, asked } };
}

/** The user said "Update now": only then its success is told. */
export function noteAsked(memory: NoticeMemory, device: DeviceView): NoticeMemory {
  const { targetVersion } = device.firmware;
  return targetVersion === null ? memory : { ...memory, asked: { ...memory.asked, [device.deviceId]: targetVersion } };
}

const readyKey = ({ deviceId }: DeviceView): string => `ready-day:${deviceId}`;

function ofDevice(device: DeviceView, memory: NoticeMemory, now: number): readonly Told[] {
  const { deviceId, firmware, connection } = device;
  const version = firmware.targetVersion ?? '';
  const asked = memory.asked[deviceId];
  if (firmware.status === 'latest' && asked !== undefined && firmware.version === asked) {
    return [{ key: `up-to-date:${deviceId}:${asked}`, notice: { kind: 'up-to-date', device, version: asked } }];
  }
  if (connection.status !== 'connected') return [];
  if (firmware.status === 'failed' && firmware.isRecoverable && !firmware.isUsable && connection.transport === 'usb') {
    return [{ key: `failed:${deviceId}:${version}:${firmware.lastTry?.endedAt ?? 0}`, notice: { kind: 'failed', device } }];
  }
  const { prompt } = firmware;
  if (!isAsking(device) || prompt === null) return [];
  if (prompt.kind === 'announce' && prompt.startsAt - now <= announceMs && prompt.startsAt > now) {
    return [{ key: `updates-at:${deviceId}:${version}:${prompt.startsAt}`, notice: { kind: 'updates-at', device, startsAt: prompt.startsAt } }];
  }
  const lastDay = memory.told[readyKey(device)];
  if (prompt.kind !== 'ask' || (lastDay !== undefined && now - lastDay < dayMs)) return [];
  const { postponementsLeft, installsAfter, postponeHours } = prompt;
  const key = `ready:${deviceId}:${version}:${postponementsLeft}`;
  return [{ key, notice: { kind: 'ready', device, postponementsLeft, installsAfter, postponeHours } }];
}

const isLow = ({ battery, connection }: DeviceView): boolean => connection.status === 'connected' && battery?.low === true && !battery.charging;

function lowBatteries({ devices, preferences }: AppState): readonly Told[] {
  if (!preferences.batteryNotice) return [];
  return devices.filter(isLow).flatMap((device) => {
    const level = device.battery?.level ?? null;
    return level === null ? [] : [{ key: `battery:${device.deviceId}`, notice: { kind: 'battery-low', device, level } as const }];
  });
}

function revoked({ status }: AppState): readonly Told[] {
  if (status.connection !== 'revoked' || status.revokedAt === null) return [];
  return [{ key: `revoked:${status.revokedAt}`, notice: { kind: 'revoked', organisation: status.organisation ?? '' } }];
}

/** A battery that was charged may be low again, and an update that somebody asked for may have gone another way. */
function forgotten({ devices }: AppState, { told, asked }: NoticeMemory): NoticeMemory {
  const charged = devices.filter((device) => device.connection.status === 'connected' && device.battery?.low === false);
  return { told: charged.reduce((rest, { deviceId }) => without(rest, `battery:${deviceId}`), told), asked };
}

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
