// @vitest-environment happy-dom
import { cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AppState, type Handlers, openBridge } from '../bridge/index.ts';
import { FakeMain, type SituationName, situations, situationTime } from '../fake-main/index.ts';
import { App } from './app.tsx';

/** Nothing that is waited for takes longer on a busy machine. Milliseconds. */
configure({ asyncUtilTimeout: 20_000 });

// The imitation of a browser can't cancel an animation without an error; where there is none to call, Fluent shows the end of it at once.
beforeAll(() => {
  Reflect.deleteProperty(Element.prototype, 'animate');
});
afterEach(cleanup);

function show(name: SituationName, overrides: Partial<Handlers> = {}, changed: Partial<AppState> = {}) {
  const { state, ...rest } = situations[name];
  const situation = { ...rest, state: { ...state, ...changed } };
  const main = new FakeMain(situation, overrides);
  render(
    <App
      bridge={openBridge(main)}
      view={situation.view}
      start={situation.place}
      clock={() => situationTime}
      timeZone="UTC"
      systemLanguages={['en']}
    />,
  );
  return main;
}
const asked = (main: FakeMain, name: string) => main.asked.filter((one) => one.name === name).map(({ args }) => args);
const text = () => document.body.textContent;

describe('devices', () => {
  it('are rows that say all of themselves to a screen reader', async () => {
    show('devices');
    const list = await screen.findByRole('list', { name: 'Devices' });
    const rows = within(list).getAllByRole('listitem');
    expect(rows.map((row) => row.getAttribute('aria-label'))).toEqual([
      'Evolve2 75, USB, battery 83 percent, charging, Update ready',
      'Evolve2 65, Through Link 380, battery 42 percent, Up to date',
      'Link 380, adapter for Evolve2 65',
      'Speak2 75, USB, battery 67 percent, Up to date',
    ]);
  });

  it('show no battery while they are away', async () => {
    show('devices');
    const list = await screen.findByRole('list', { name: 'Not connected' });
    expect(list.textContent).toContain('Last connected Friday, 17:42');
    expect(list.textContent).not.toContain('83 %');
  });

  it('open on Enter, and come back to the row', async () => {
    show('devices');
    const row = await screen.findByRole('listitem', { name: /^Speak2 75/u });
    fireEvent.keyDown(row, { key: 'Enter' });
    expect((await screen.findByRole('heading', { level: 1 })).textContent).toBe('Speak2 75');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Speak2 75'));
    fireEvent.keyDown(document.body, { key: 'ArrowLeft', altKey: true });
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Speak2 75/u));
  });

  it('are said to be none, to be looked for, to be another person’s, or out of reach', async () => {
    show('devices-empty');
    expect(await screen.findByText('No device connected')).toBeTruthy();
    cleanup();
    show('devices-starting');
    expect(await screen.findByText('Looking for devices')).toBeTruthy();
    expect(text()).not.toContain('No device connected');
    cleanup();
    show('devices-standby');
    expect(await screen.findByText('Another person uses the devices on this PC')).toBeTruthy();
    cleanup();
    show('devices-error');
    expect(await screen.findByText('config.json: organizationId is missing')).toBeTruthy();
  });

  it('are all the user’s own after a revocation', async () => {
    show('devices-revoked');
    expect(await screen.findByText('This PC is no longer managed by Acme')).toBeTruthy();
    expect(text()).toContain('Since today, 08:30');
    expect(text()).not.toContain('Up to date');
  });

  it('are introduced once', async () => {
    const main = show('devices-first-run');
    expect(await screen.findByText('Acme looks after the devices on this PC')).toBeTruthy();
    expect(text()).toContain('Not sent: User name, Location.');
    fireEvent.click(screen.getByRole('button', { name: 'OK' }));
    await waitFor(() => expect(text()).not.toContain('Acme looks after'));
    expect(asked(main, 'setPreferences')).toEqual([{ hasSeenFirstRun: true }]);
  });
});

describe('settings', () => {
  it('show a locked one as a value, not as a dead control', async () => {
    show('settings');
    const row = await screen.findByRole('group', { name: 'Hear your own voice, On, locked, set by your organisation, Contact centre configuration' });
    expect(within(row).queryByRole('switch')).toBeNull();
    expect(row.getAttribute('tabindex')).toBe('0');
  });

  it('describe a control by what is said below its name', async () => {
    show('settings');
    const slider = await screen.findByRole('slider', { name: 'Level of your own voice' });
    const note = document.querySelector(`#${CSS.escape(slider.getAttribute('aria-describedby') ?? '')}`);
    expect(note?.textContent).toBe('3 dB will be applied when you next sign in');
    expect(slider.getAttribute('aria-valuetext')).toBe('0 decibel');
  });

  it('show what the device holds until it confirmed another value', async () => {
    let confirm: () => void = () => undefined;
    const pending = new Promise<void>((resolve) => {
      confirm = resolve;
    });
    const main: FakeMain = show('settings', {
      changeSetting: async () => {
        await pending;
        return { isDone: false, code: 'device-timeout' };
      },
    });
    const toggle = await screen.findByRole<HTMLInputElement>('switch', { name: 'Reject a second call automatically' });
    fireEvent.click(toggle);
    expect(toggle.checked).toBe(false);
    confirm();
    expect(await screen.findByText('The headset did not answer. It stays at “Off”.')).toBeTruthy();
    expect(toggle.checked).toBe(false);
    expect(main.state.devices[0]?.settings.find(({ key }) => key === 'autoRejectWaitingCall')?.value).toBe(false);
  });

  it('go to the device with key and value', async () => {
    const main = show('settings');
    fireEvent.click(await screen.findByRole('switch', { name: 'Reject a second call automatically' }));
    await waitFor(() => expect(asked(main, 'changeSetting')).toEqual([{ deviceId: '24da-70bf92123456', key: 'autoRejectWaitingCall', value: true }]));
  });

  it('have no tab where the organisation hides them, and Details say who decides', async () => {
    show('settings-hidden');
    expect(await screen.findByText('Your organisation decides the settings of this device.')).toBeTruthy();
    expect(screen.getAllByRole('tab').map(({ id }) => id)).toEqual(['tab-firmware', 'tab-details']);
  });

  it('can only be read while the device is away', async () => {
    show('settings-away');
    expect(await screen.findByText('Connect the headset to change a setting.')).toBeTruthy();
    expect(screen.queryAllByRole('switch')).toEqual([]);
  });
});

describe('firmware', () => {
  it('is answered now, and the card tells the focus where it is', async () => {
    const main = show('firmware-ready');
    const button = await screen.findByRole('button', { name: 'Update now' });
    button.focus();
    fireEvent.click(button);
    expect(await screen.findByRole('heading', { name: 'Updating to 1.11.7' })).toBeTruthy();
    expect(asked(main, 'answerFirmware')).toEqual([{ deviceId: '24da-70bf92123456', answer: 'install' }]);
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Updating to 1.11.7'));
  });

  it('is postponed', async () => {
    const main = show('firmware-ready');
    fireEvent.click(await screen.findByRole('button', { name: 'Postpone a day' }));
    expect(await screen.findByRole('heading', { name: 'Postponed until tomorrow, 10:42' })).toBeTruthy();
    expect(asked(main, 'answerFirmware')).toEqual([{ deviceId: '24da-70bf92123456', answer: 'postpone' }]);
  });

  it('says that a package was checked only where it is here', async () => {
    show('firmware-downloading');
    await screen.findByRole('heading', { name: 'Getting the update' });
    expect(text()).toContain('1.11.7 · 4.0 MB');
    expect(text()).not.toContain('downloaded and checked');
    cleanup();
    show('firmware-in-call');
    await screen.findByRole('heading', { name: 'Waits until your call ends' });
    expect(text()).toContain('1.11.7 · 4.0 MB, downloaded and checked');
  });

  it('says so where main could not do it', async () => {
    show('firmware-ready', { answerFirmware: () => Promise.reject(new Error('gone')) });
    fireEvent.click(await screen.findByRole('button', { name: 'Update now' }));
    expect(await screen.findByText('That did not work. Try again.')).toBeTruthy();
  });

  it('has no button where the engine would refuse it', async () => {
    for (const name of ['firmware-in-call', 'firmware-battery-low', 'firmware-outside-window', 'firmware-disconnected'] as const) {
      show(name);
      await screen.findAllByRole('heading');
      expect(screen.queryByRole('button', { name: 'Update now' })).toBeNull();
      cleanup();
    }
  });

  it('shows progress with its phases, and a bar that the screen reader can name', async () => {
    show('firmware-updating');
    const bar = await screen.findByRole('progressbar', { name: 'Firmware update of Evolve2 75' });
    expect(bar.getAttribute('aria-valuenow')).toBe('0.45');
    expect(text()).toContain('About 3 minutes left');
    expect(text()).toContain('1.8 MB of 4.0 MB');
    expect(document.querySelector('[aria-current="step"]')?.textContent).toContain('Sending to the headset');
  });

  it('does not start a recovery before the other devices are unplugged', async () => {
    const main = show('recovery-prepare');
    const start = await screen.findByRole('button', { name: 'Start recovery' });
    expect(start.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(start);
    expect(asked(main, 'recoverFirmware')).toEqual([]);
    main.changeDevice('24da-70bf92123456', (device) => ({ ...device, firmware: { ...device.firmware, recovery: { step: 'prepare', others: [] } } }));
    await waitFor(() => expect(start.getAttribute('aria-disabled')).not.toBe('true'));
    fireEvent.click(start);
    await waitFor(() => expect(asked(main, 'recoverFirmware')).toHaveLength(1));
  });
});

describe('pairing', () => {
  it('goes from search to choice, and never closes by itself', async () => {
    const main = show('pairing-found');
    fireEvent.click(await screen.findByRole('button', { name: 'Connect Evolve2 65, ends in 3456' }));
    expect(await screen.findByText('Connecting to Evolve2 65')).toBeTruthy();
    expect(asked(main, 'choosePairing')).toEqual([{ id: 'f1' }]);
    main.show({ pairing: { step: 'unplugged', adapter: 'Jabra Link 380' } });
    expect(await screen.findByText('The adapter was unplugged')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(asked(main, 'stopPairing')).toHaveLength(1);
  });

  it('says of an adapter that cannot pair from here that it is there, and does not ask to plug it in', async () => {
    const main = show('pairing-no-adapter');
    expect(await screen.findByText('Plug in the Link adapter')).toBeTruthy();
    main.show({ pairing: { step: 'no-adapter', unable: 'Jabra Link 390' } });
    expect(await screen.findByText('Link 390 cannot pair from here')).toBeTruthy();
    expect(screen.queryByText('Plug in the Link adapter')).toBeNull();
  });

  it('says no more that it searches when the search is over, and offers what was found and another search', async () => {
    const main = show('pairing-found');
    expect(await screen.findByText('Still searching')).toBeTruthy();
    const { pairing } = main.state;
    if (pairing?.step !== 'searching') throw new Error('it does not search');
    main.show({ pairing: { ...pairing, isOver: true } });
    fireEvent.click(await screen.findByRole('button', { name: 'Search again' }));
    expect(asked(main, 'startPairing')).toHaveLength(1);
    main.show({ pairing: { ...pairing, isOver: true } });
    await waitFor(() => expect(screen.queryByText('Still searching')).toBeNull());
    expect(screen.getByRole('button', { name: 'Connect Evolve2 65, ends in 3456' })).toBeTruthy();
  });
});

describe('status and what was sent', () => {
  it('tells of being offline without alarm, and tries at once when asked', async () => {
    const main = show('status-offline');
    expect(await screen.findByText('Not connected to Acme')).toBeTruthy();
    expect(text()).toContain('6 messages');
    fireEvent.click(screen.getByRole('button', { name: 'Try now' }));
    await waitFor(() => expect(asked(main, 'tryNow')).toHaveLength(1));
  });

  it('reads a meter with its limit', async () => {
    show('status');
    expect((await screen.findByRole('progressbar', { name: 'Memory' })).getAttribute('aria-valuetext')).toBe('74 MB of 150 MB');
  });

  it('shows a message exactly as it was sent', async () => {
    show('sent');
    fireEvent.click(await screen.findByRole('button', { name: /About this PC/u }));
    fireEvent.click(await screen.findByRole('button', { name: 'Show exactly as sent' }));
    await waitFor(() => expect(document.querySelector('pre')?.textContent).toContain('"computerName": "VIE-PC-0417"'));
  });

  it('filters by group, and says so where nothing is left', async () => {
    show('sent');
    fireEvent.click(await screen.findByRole('button', { name: 'App', pressed: false }));
    await waitFor(() => expect(text()).not.toContain('Evolve2 75: battery'));
    cleanup();
    show('sent-empty');
    expect(await screen.findByText('Nothing was sent in the last 30 days')).toBeTruthy();
  });
});

describe('help', () => {
  it('says that a connection is encrypted only where it is', async () => {
    show('help');
    expect(await screen.findByText('platform.acme.example answers, and the connection is encrypted')).toBeTruthy();
    cleanup();
    show('help', {}, { status: { ...situations.help.state.status, isEncrypted: false } });
    expect(await screen.findByText('platform.acme.example answers on this PC')).toBeTruthy();
  });

  it('does not seem to check while nobody can, and checks as soon as somebody can', async () => {
    const stopped = show('help', {}, { agent: { state: 'stopped', code: 'fault', problems: [] } });
    expect(await screen.findByText('The app cannot look after the devices at the moment')).toBeTruthy();
    expect(asked(stopped, 'checkPc')).toEqual([]);
    stopped.show({ agent: { state: 'running' } });
    expect(await screen.findByText('platform.acme.example answers, and the connection is encrypted')).toBeTruthy();
  });
});

describe('what was sent', () => {
  it('is read once more after a reading that contacts came into, and not at once for each of them', async () => {
    const answers: (() => void)[] = [];
    const main = show('sent', {
      sentLog: () =>
        new Promise((resolve) => {
          answers.push(() => resolve([]));
        }),
    });
    await waitFor(() => expect(answers).toHaveLength(1));
    for (const lastContactAt of [1, 2, 3]) main.show({ status: { ...main.state.status, lastContactAt } });
    expect(answers).toHaveLength(1);
    answers[0]?.();
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.();
    expect(await screen.findByText(/nothing/iu)).toBeTruthy();
    expect(answers).toHaveLength(2);
  });
});

it('changes its language where the user asks for it', async () => {
  const main = show('help');
  await screen.findByRole('heading', { name: 'Help' });
  main.show({ preferences: { ...main.state.preferences, language: 'de' } });
  expect(await screen.findByRole('heading', { name: 'Hilfe' })).toBeTruthy();
  expect(document.documentElement.lang).toBe('de');
});

it('goes where main says', async () => {
  const main = show('devices');
  await screen.findByRole('list', { name: 'Devices' });
  main.tell('navigate', { page: 'devices', deviceId: '24da-70bf92123456', tab: 'firmware' });
  expect(await screen.findByRole('heading', { name: 'Update ready' })).toBeTruthy();
});
