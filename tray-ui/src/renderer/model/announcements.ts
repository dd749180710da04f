import type { AppState, DeviceView, Pairing } from '../../bridge/index.ts';
import type { Words } from '../words/words.ts';
import { firmwareKind } from './firmware-kind.ts';
import { shortName } from './names.ts';

export interface Said {
  readonly text: string;
  readonly isUrgent: boolean;
}

/** What is worth saying of the way from one state to the next: the steps of an update and of a pairing, nothing else. */
export function whatToSay(before: AppState, after: AppState, words: Words): Said[] {
  const firmware = after.devices.flatMap((device) => {
    const old = before.devices.find(({ deviceId }) => deviceId === device.deviceId);
    return old ? ofFirmware(old, device, words) : [];
  });
  return [...firmware, ...ofPairing(before.pairing, after.pairing, words).map((text) => ({ text, isUrgent: false }))];
}

const quarter = ({ firmware }: DeviceView) => Math.floor((firmware.activity?.progress ?? 0) / 25);

function ofFirmware(before: DeviceView, after: DeviceView, words: Words): Said[] {
  const [was, is] = [firmwareKind(before), firmwareKind(after)];
  const name = shortName(after.name);
  if (was !== is) {
    if (is === 'updating' && was !== 'restarting') return [{ text: words.t('fw.say.started', { name }), isUrgent: false }];
    if (is === 'restarting') return [{ text: words.t('fw.restarting', words.noun(after.formFactor)), isUrgent: false }];
    if (is === 'latest' && (was === 'updating' || was === 'restarting')) return [{ text: words.t('fw.say.done', { name }), isUrgent: false }];
    if (is === 'failed') return [{ text: words.t('fw.say.failed', { name }), isUrgent: true }];
    return [];
  }
  if (is !== 'updating') return [];
  const [wasPhase, phase] = [before.firmware.activity?.phase, after.firmware.activity?.phase];
  if (phase === 'verifying' && wasPhase !== phase) return [{ text: words.t('fw.step.checks', words.noun(after.formFactor)), isUrgent: false }];
  const percent = quarter(after) * 25;
  return quarter(after) > quarter(before) && percent < 100 ? [{ text: words.t('fw.say.percent', { name, percent }), isUrgent: false }] : [];
}

function ofPairing(before: Pairing | null, after: Pairing | null, words: Words): string[] {
  if (!after) return [];
  if (after.step === 'searching') {
    const known = before?.step === 'searching' ? before.found.map(({ id }) => id) : [];
    return after.found.filter(({ id }) => !known.includes(id)).map(({ name }) => words.t('pair.say.found', { name: shortName(name) }));
  }
  if (before?.step === after.step) return [];
  if (after.step === 'connecting') return [words.t('pair.connecting', { name: shortName(after.name) })];
  return after.step === 'connected' ? [words.t('pair.connected')] : [];
}
