import { describe, expect, it } from 'vitest';
import { type DeviceView, firmwareErrorCodes, firmwareReasons, firmwareStatuses, formFactors, languages } from '../../bridge/index.ts';
import { situations, situationTime } from '../../fake-main/index.ts';
import { makeWords } from '../words/words.ts';
import { firmwareCard, firmwareWord } from './firmware-words.ts';

const words = makeWords('en');
const calendar = { now: situationTime, timeZone: 'UTC' };
const of = (name: keyof typeof situations) => {
  const { state, place } = situations[name];
  const device = state.devices.find(({ deviceId }) => deviceId === place.deviceId);
  if (!device) throw new Error(`${name} shows no device`);
  return { device, card: firmwareCard(device, state.policy, calendar, words), word: firmwareWord(device, state.policy, words) };
};

describe('the firmware card', () => {
  it.each([
    ['firmware-latest', 'Up to date', 'Up to date', 'Version 1.11.7. Checked today, 09:12.', []],
    [
      'firmware-available',
      'Newer version exists',
      'Version 1.11.7 exists',
      'Your organisation has not chosen it for the headset. There is nothing to do.',
      [],
    ],
    [
      'firmware-unmanaged',
      'Not managed',
      'Firmware is left as it is',
      'Your organisation does not manage the firmware of the headset. Version 1.8.13.',
      [],
    ],
    [
      'firmware-unknown',
      'Not checked yet',
      'Not checked yet',
      'The headset has not told its version yet. The app asks again when it is connected.',
      [],
    ],
    [
      'firmware-ready',
      'Update ready',
      'Update ready',
      'It takes about 4 minutes. You cannot use the headset for calls during that time.',
      ['install', 'postpone'],
    ],
    ['firmware-downloading', 'Getting update', 'Getting the update', '2.4 MB of 4.0 MB. You can go on using the headset.', []],
    ['firmware-in-call', 'Waits for call', 'Waits until your call ends', 'Then it starts by itself. Nothing interrupts the call.', []],
    [
      'firmware-battery-low',
      'Waits for battery',
      'Waits for the battery: 12 %',
      'The headset needs at least 30 %. Put it on charge and the update starts by itself.',
      [],
    ],
    ['firmware-disconnected', 'Waits for the headset', 'Waits for the headset', 'Connect the Evolve2 75 and the update starts by itself.', []],
    ['firmware-busy', 'Waits', 'Waits for another update', 'It starts by itself when the other device is done.', []],
    ['firmware-postponed', 'Postponed', 'Postponed until tomorrow, 10:42', 'You can postpone 1 more time after that.', ['install']],
    ['firmware-updating', '45 %', 'Updating to 1.11.7', 'Keep the headset connected. You can close this window; the update goes on.', []],
    ['firmware-restarting', 'Restarting', 'The headset restarts', 'This takes up to a minute. The connection drops for a moment.', []],
    ['firmware-not-installed', 'Not installed', 'Not installed', 'The headset works with version 1.8.13. Your IT team has to act.', []],
  ] as const)('says of %s: %s', (name, word, heading, text, actions) => {
    const said = of(name);
    expect(said.word).toBe(word);
    expect(said.card.heading).toBe(heading);
    expect(said.card.texts[0]).toBe(text);
    expect(said.card.actions).toEqual(actions);
  });

  it('counts the postponements that are left, and says when they end', () => {
    expect(of('firmware-ready').card.note).toBe(
      'You can postpone 2 more times. After Thursday 26 November, 10:42 it installs by itself when you are not in a call.',
    );
    expect(of('firmware-last-call').card.texts[1]).toBe(
      'It has been postponed 3 times and installs by itself today, 10:57 when you are not in a call.',
    );
  });

  it('says that a headset cannot be used only where it sits in its boot loader', () => {
    const { device, card } = of('firmware-failed');
    expect(card.texts[0]).toContain('cannot be used');
    expect(card.actions).toEqual(['recover', 'diagnostics']);
    const works = firmwareCard(
      { ...device, firmware: { ...device.firmware, isRecoverable: false } },
      situations.devices.state.policy,
      calendar,
      words,
    );
    expect(works.texts[0]).toBe('The headset works with version 1.8.13.');
    expect(works.actions).toEqual(['diagnostics']);
    const answers = firmwareCard({ ...device, firmware: { ...device.firmware, isUsable: true } }, situations.devices.state.policy, calendar, words);
    expect(answers.texts[0]).toBe('The headset works with version 1.8.13.');
    expect(answers.actions).toEqual(['recover', 'diagnostics']);
  });

  it('promises that IT knows of a failure only after the platform said so', () => {
    const { device, card } = of('firmware-failed');
    expect(card.note).toContain('sees that this update failed');
    const unknown = firmwareCard(
      { ...device, firmware: { ...device.firmware, isFailureKnown: false } },
      situations.devices.state.policy,
      calendar,
      words,
    );
    expect(unknown.note).toBe('Your IT team will see it when this PC is connected.');
  });

  it('has whole sentences for every state of the contract, every noun and every language', () => {
    const base = of('firmware-ready').device;
    const states: readonly Partial<DeviceView['firmware']>[] = [
      ...firmwareStatuses.map((status) => ({ status })),
      ...firmwareReasons.map((reason) => ({ status: 'pending' as const, reason })),
      ...firmwareErrorCodes.map((code) => ({ status: 'failed' as const, error: { code, message: '' } })),
    ];
    for (const language of languages) {
      const own = makeWords(language);
      for (const formFactor of formFactors) {
        for (const changed of states) {
          const device: DeviceView = { ...base, formFactor, firmware: { ...base.firmware, ...changed } };
          const card = firmwareCard(device, situations.devices.state.policy, calendar, own);
          const said = [card.heading, ...card.texts, card.note ?? '-', firmwareWord(device, situations.devices.state.policy, own)];
          for (const text of said) expect(text).toMatch(/^[^{}]+$/u);
        }
      }
    }
  });
});
