import { describe, expect, it } from 'vitest';
import type { AppState, FirmwareView } from '../../bridge/index.ts';
import { situations } from '../../fake-main/index.ts';
import { makeWords } from '../words/words.ts';
import { whatToSay } from './announcements.ts';

const words = makeWords('en');
const at = (name: keyof typeof situations): AppState => situations[name].state;
const withFirmware = (state: AppState, change: (firmware: FirmwareView) => FirmwareView): AppState => ({
  ...state,
  devices: state.devices.map((device, index) => (index === 0 ? { ...device, firmware: change(device.firmware) } : device)),
});
const atPercent = (progress: number) =>
  withFirmware(at('firmware-updating'), (firmware) => ({ ...firmware, activity: firmware.activity && { ...firmware.activity, progress } }));
const say = (before: AppState, after: AppState) => whatToSay(before, after, words);

describe('what a screen reader is told', () => {
  it('is the start, the phases, each quarter and the end of an update', () => {
    expect(say(at('firmware-ready'), at('firmware-updating'))).toEqual([{ text: 'Update of Evolve2 75 started', isUrgent: false }]);
    expect(say(atPercent(45), atPercent(49))).toEqual([]);
    expect(say(atPercent(45), atPercent(50))).toEqual([{ text: 'Evolve2 75: 50 percent', isUrgent: false }]);
    expect(say(at('firmware-updating'), at('firmware-restarting'))).toEqual([{ text: 'The headset restarts', isUrgent: false }]);
    expect(say(at('firmware-restarting'), at('firmware-latest'))).toEqual([{ text: 'Evolve2 75 is up to date', isUrgent: false }]);
  });

  it('interrupts only for a failure', () => {
    expect(say(at('firmware-updating'), at('firmware-failed'))).toEqual([{ text: 'The update of Evolve2 75 did not finish', isUrgent: true }]);
  });

  it('is what a search found, not its seconds', () => {
    expect(say(at('pairing-searching'), at('pairing-found')).map(({ text }) => text)).toEqual(['Evolve2 65 found', 'Evolve2 75 found']);
    expect(say(at('pairing-found'), at('pairing-found'))).toEqual([]);
    expect(say(at('pairing-found'), at('pairing-connecting')).map(({ text }) => text)).toEqual(['Connecting to Evolve2 65']);
    expect(say(at('pairing-connecting'), at('pairing-connected')).map(({ text }) => text)).toEqual(['Headset connected']);
  });
});
