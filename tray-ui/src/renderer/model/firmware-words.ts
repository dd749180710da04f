import type { DeviceView, PolicyView } from '../../bridge/index.ts';
import type { Words } from '../words/words.ts';
import { bytesText } from './amounts.ts';
import { type FirmwareKind, firmwareKind } from './firmware-kind.ts';
import { shortName } from './names.ts';
import { type Calendar, whenText } from './time.ts';

/** What the firmware card says and offers. */
export interface FirmwareCardModel {
  readonly kind: FirmwareKind;
  readonly heading: string;
  readonly texts: readonly string[];
  /** A line below, in small type. */
  readonly note: string | null;
  readonly actions: readonly ('install' | 'postpone' | 'recover' | 'diagnostics')[];
  /** 0 to 1, `indeterminate`, or none. */
  readonly bar: number | 'indeterminate' | null;
}

/** The word in the list of devices. */
export function firmwareWord(device: DeviceView, policy: PolicyView, words: Words): string {
  const kind = firmwareKind(device);
  switch (kind) {
    case 'updating':
      return words.t('common.percent', { value: Math.floor(device.firmware.activity?.progress ?? 0) });
    case 'window':
      return policy.updateWindow ? words.t('fw.list.window', { time: policy.updateWindow.start }) : words.t('fw.list.busy');
    case 'announced':
      return words.t('fw.list.ready');
    case 'cutOff':
      return words.t('fw.list.disconnected', words.noun(device.formFactor));
    case 'latest':
    case 'available':
    case 'unmanaged':
    case 'unknown':
    case 'ready':
    case 'downloading':
    case 'inCall':
    case 'battery':
    case 'disconnected':
    case 'busy':
    case 'postponed':
    case 'restarting':
    case 'failed':
    case 'notInstalled':
      return words.t(`fw.list.${kind}`, words.noun(device.formFactor));
  }
}

export function firmwareCard(device: DeviceView, policy: PolicyView, calendar: Calendar, words: Words): FirmwareCardModel {
  const kind = firmwareKind(device);
  return { kind, note: null, actions: [], bar: null, ...content(kind, device, policy, calendar, words) };
}

type Content = Pick<FirmwareCardModel, 'heading' | 'texts'> & Partial<FirmwareCardModel>;

function content(kind: FirmwareKind, device: DeviceView, policy: PolicyView, calendar: Calendar, words: Words): Content {
  const { firmware, battery } = device;
  const noun = words.noun(device.formFactor);
  const version = firmware.version ?? '–';
  const target = firmware.targetVersion ?? '–';
  const say = (key: Parameters<Words['t']>[0], values = {}) => words.t(key, { ...noun, version, name: shortName(device.name), ...values });
  const when = (at: number) => whenText(at, calendar, words);
  const plain = (heading: string, ...texts: string[]): Content => ({ heading, texts });

  switch (kind) {
    case 'latest':
      return plain(say('fw.latest'), firmware.checkedAt === null ? say('fw.version') : say('fw.latestText', { when: when(firmware.checkedAt) }));
    case 'available':
      return plain(say('fw.available', { version: target }), say('fw.availableText'));
    case 'unmanaged':
      return plain(say('fw.unmanaged'), say('fw.unmanagedText'));
    case 'unknown':
      return plain(say('fw.unknown'), say('fw.unknownText'));
    case 'ready': {
      const { prompt } = firmware;
      const asks = prompt?.kind === 'ask' ? prompt : null;
      return {
        heading: say('fw.ready'),
        texts: [takes(device, words)],
        note: asks && say('fw.postponeLeft', { count: asks.postponementsLeft, when: when(asks.installsAfter) }),
        actions: asks ? ['install', 'postpone'] : ['install'],
      };
    }
    case 'announced': {
      const { prompt } = firmware;
      const announced = prompt?.kind === 'announce' ? prompt : null;
      const at = announced ? when(announced.startsAt) : '';
      const times = announced?.postponedTimes ?? 0;
      const text = times > 0 ? say('fw.noneLeft', { count: times, when: at }) : say('fw.announced', { when: at });
      return { heading: say('fw.ready'), texts: announced ? [takes(device, words), text] : [takes(device, words)], actions: ['install'] };
    }
    case 'downloading': {
      const { download } = firmware;
      const text = download
        ? say('fw.downloadingText', { done: bytesText(download.done, words), total: bytesText(download.total, words) })
        : say('fw.downloadingStart');
      return {
        heading: say('fw.downloading'),
        texts: [text],
        bar: download && download.total > 0 ? download.done / download.total : 'indeterminate',
      };
    }
    case 'inCall':
      return plain(say('fw.inCall'), say('fw.inCallText'));
    case 'battery': {
      const level = battery?.level ?? null;
      return plain(level === null ? say('fw.batteryUnknown') : say('fw.battery', { level }), say('fw.batteryText'));
    }
    case 'window':
      return plain(say('fw.window'), policy.updateWindow ? say('fw.windowText', policy.updateWindow) : say('fw.windowTextPlain'));
    case 'disconnected':
      return plain(say('fw.disconnected'), say('fw.disconnectedText'));
    case 'cutOff':
      return plain(say('fw.disconnected'), say('fw.cutOffText'));
    case 'busy':
      return plain(say('fw.busy'), say('fw.busyText'));
    case 'postponed': {
      const { prompt } = firmware;
      if (prompt?.kind !== 'postponed') return { heading: say('fw.list.postponed'), texts: [], actions: ['install'] };
      const left = say('fw.postponedLeft', { count: prompt.postponementsLeft });
      return { heading: say('fw.postponed', { when: when(prompt.until) }), texts: [left], actions: ['install'] };
    }
    case 'updating':
      return { heading: say('fw.updating', { version: target }), texts: [say('fw.updatingText')], bar: (firmware.activity?.progress ?? 0) / 100 };
    case 'restarting':
      return { heading: say('fw.restarting'), texts: [say('fw.restartingText')], bar: 'indeterminate' };
    case 'failed': {
      const note = say(firmware.isFailureKnown ? 'fw.itSees' : 'fw.itWillSee');
      // "Cannot be used" only where it really sits in its boot loader.
      if (!firmware.isRecoverable) return { heading: say('fw.failed'), texts: [say('fw.failedWorks')], note, actions: ['diagnostics'] };
      const stopped = firmware.stoppedAt === null ? say('fw.failedPlain') : say('fw.failedAt', { percent: firmware.stoppedAt });
      const text = firmware.isUsable ? say('fw.failedWorks') : stopped;
      return { heading: say('fw.failed'), texts: [text], note, actions: ['recover', 'diagnostics'] };
    }
    case 'notInstalled':
      return plain(say('fw.notInstalled'), say('fw.notInstalledText'));
  }
}

function takes(device: DeviceView, words: Words): string {
  const noun = words.noun(device.formFactor);
  const minutes = device.firmware.usualMinutes;
  return minutes === null ? words.t('fw.takesUnknown', noun) : words.t('fw.takes', { ...noun, count: minutes });
}
