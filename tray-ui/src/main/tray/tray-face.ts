import type { AppState, DeviceView, Target } from '../../bridge/index.ts';
import type { MainWords } from '../words/main-words.ts';

/** Each is drawn by tools/draw-icons.mjs. */
export type TrayIcon = 'normal' | 'attention' | 'updating' | 'unmanaged';

export type TrayEntry =
  | { readonly kind: 'separator' }
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'open'; readonly label: string; readonly target: Target }
  | { readonly kind: 'pair'; readonly label: string }
  | { readonly kind: 'quit'; readonly label: string };

export interface TrayFace {
  readonly icon: TrayIcon;
  readonly tooltip: string;
  readonly menu: readonly TrayEntry[];
}

/** Windows takes 127 characters of a tooltip (NOTIFYICONDATA.szTip). */
const tooltipLength = 127;

export const shortDeviceName = (name: string): string => name.replace(/^Jabra /u, '');
const page = (name: Target['page'], deviceId: string | null = null): Target => ({ page: name, deviceId, tab: null });

/** What the tray icon shows, says and offers. */
export function trayFace(state: AppState, words: MainWords): TrayFace {
  const shown = state.devices.filter(({ connection, formFactor }) => connection.status === 'connected' && formFactor !== 'dongle');
  const lines = shown.map((device) => ({ device, label: deviceLine(device, words) }));
  const devices: TrayEntry[] = lines.map(({ device, label }) => ({ kind: 'open', label, target: page('devices', device.deviceId) }));
  const quit: TrayEntry[] = state.policy.allowQuit ? [{ kind: 'separator' }, { kind: 'quit', label: words.t('menu.quit') }] : [];
  return {
    icon: iconOf(state),
    tooltip: tooltipOf(
      lines.map(({ label }) => label),
      words,
    ),
    menu: [
      ...(devices.length > 0 ? devices : [{ kind: 'text', label: words.t('menu.noDevice') } as const]),
      { kind: 'separator' },
      { kind: 'open', label: words.t('menu.open'), target: page('devices') },
      { kind: 'pair', label: words.t('menu.pair') },
      { kind: 'separator' },
      { kind: 'open', label: words.t('menu.sent'), target: page('sent') },
      { kind: 'open', label: words.t('menu.help'), target: page('help') },
      ...quit,
    ],
  };
}

/** Waits for a person's word. */
export const isAsking = ({ firmware }: DeviceView): boolean =>
  firmware.status === 'pending' && firmware.reason === null && firmware.prompt !== null && firmware.prompt.kind !== 'postponed';

const needsRecovery = ({ firmware }: DeviceView): boolean => firmware.status === 'failed' && firmware.isRecoverable;

function iconOf({ devices, status }: AppState): TrayIcon {
  const connected = devices.filter(({ connection }) => connection.status === 'connected');
  if (connected.some(needsRecovery)) return 'attention';
  if (devices.some(({ firmware }) => firmware.status === 'updating')) return 'updating';
  if (connected.some(isAsking)) return 'attention';
  return status.connection === 'revoked' || status.connection === 'not-set-up' ? 'unmanaged' : 'normal';
}

function deviceLine(device: DeviceView, words: MainWords): string {
  const { battery } = device;
  const level = battery?.level === null || battery === null ? null : words.t('device.percent', { percent: battery.level });
  const parts = [level, battery?.charging === true ? words.t('device.charging') : null, stateText(device, words)];
  const what = parts.filter((part) => part !== null).join(words.language === 'ja' ? '、' : ', ');
  const name = shortDeviceName(device.name);
  return what === '' ? name : words.t('device.line', { name, what });
}

function stateText(device: DeviceView, words: MainWords): string | null {
  const { firmware } = device;
  if (firmware.status === 'updating') return words.t('device.updating', { percent: Math.floor(firmware.activity?.progress ?? 0) });
  if (firmware.status === 'failed') return words.t('device.failed');
  return isAsking(device) ? words.t('device.ready') : null;
}

/** As many whole lines as there is room for. */
function tooltipOf(lines: readonly string[], words: MainWords): string {
  let text = '';
  for (const line of lines) {
    const longer = text === '' ? line : `${text}\n${line}`;
    if (longer.length > tooltipLength) break;
    text = longer;
  }
  return text === '' ? words.t('app.name') : text;
}
