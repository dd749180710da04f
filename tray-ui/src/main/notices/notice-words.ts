import type { Target } from '../../bridge/index.ts';
import { shortDeviceName } from '../tray/tray-face.ts';
import type { MainWords } from '../words/main-words.ts';
import type { Notice } from './notice-rules.ts';

export type NoticeAction =
  | { readonly kind: 'install' | 'postpone' | 'recover'; readonly deviceId: string }
  /** It only goes away. */
  | { readonly kind: 'later' };

/** A notification as a person sees it. */
export interface NoticeText {
  readonly title: string;
  readonly body: string;
  readonly buttons: readonly { readonly text: string; readonly action: NoticeAction }[];
  /** Where a click on it leads. */
  readonly target: Target;
}

/** Plain short sentences; what is not known is left out. `timeZone` is for tests. */
export function noticeText(notice: Notice, words: MainWords, timeZone?: string): NoticeText {
  const t: MainWords['t'] = (key, values) => words.t(key, values);
  if (notice.kind === 'revoked') {
    const target: Target = { page: 'status', deviceId: null, tab: null };
    return { title: t('notice.revoked', { organisation: notice.organisation }), body: t('notice.revokedText'), buttons: [], target };
  }
  const { device } = notice;
  const { deviceId } = device;
  const name = shortDeviceName(device.name);
  const minutes = device.firmware.usualMinutes;
  const takes = minutes === null ? '' : t('notice.takes', { count: minutes });
  const target: Target = { page: 'devices', deviceId, tab: 'firmware' };
  const install = { text: t('action.updateNow'), action: { kind: 'install', deviceId } } as const;
  switch (notice.kind) {
    case 'ready': {
      const { postponementsLeft: count, postponeHours, installsAfter } = notice;
      const when = day(installsAfter, words, timeZone);
      const postpone = postponeHours === 24 ? t('action.postponeDay') : t('action.postponeHours', { count: postponeHours });
      return {
        title: t('notice.ready', { name }),
        body: sentences(takes, t('notice.postpone', { count, when })),
        buttons: [install, { text: postpone, action: { kind: 'postpone', deviceId } }],
        target,
      };
    }
    case 'updates-at':
      return {
        title: t('notice.updatesAt', { name, time: time(notice.startsAt, words, timeZone) }),
        body: sentences(takes, t('notice.waitsForCall')),
        buttons: [install],
        target,
      };
    case 'up-to-date':
      return { title: t('notice.upToDate', { name }), body: t('notice.installed', { version: notice.version }), buttons: [], target };
    case 'failed':
      return {
        title: t('notice.failed', { name }),
        body: sentences(t('notice.recover'), takes),
        buttons: [
          { text: t('action.recover'), action: { kind: 'recover', deviceId } },
          { text: t('action.later'), action: { kind: 'later' } },
        ],
        target,
      };
    case 'battery-low':
      return {
        title: t('notice.battery', { name, percent: notice.level }),
        body: t('notice.batteryText'),
        buttons: [],
        target: { page: 'devices', deviceId, tab: null },
      };
  }
}

const sentences = (...given: readonly string[]): string => given.filter((text) => text !== '').join(' ');

const day = (at: number, { language }: MainWords, timeZone?: string): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { weekday: 'long', day: 'numeric', month: 'long', timeZone }).format(at);

const time = (at: number, { language }: MainWords, timeZone?: string): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { hour: '2-digit', minute: '2-digit', timeZone }).format(at);
