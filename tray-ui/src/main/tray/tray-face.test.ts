import { describe, expect, it } from 'vitest';
import { headset, stateWith } from '../testing/states.ts';
import { makeMainWords } from '../words/main-words.ts';
import { trayFace } from './tray-face.ts';

const words = makeMainWords('en');
const ask = { kind: 'ask', postponementsLeft: 2, postponeHours: 24, installsAfter: 0 } as const;
const asking = { status: 'pending', targetVersion: '2.0.0', prompt: ask } as const;
const speaker = headset({ deviceId: 'd2', name: 'Jabra Speak2 75', formFactor: 'speakerphone', battery: { level: 67, charging: true, low: false } });
const labels = (state: Parameters<typeof trayFace>[0]) =>
  trayFace(state, words).menu.map((entry) => (entry.kind === 'separator' ? '-' : entry.label));

describe('the menu of the tray icon', () => {
  it('names the connected devices, and offers what a person may want', () => {
    expect(labels(stateWith([headset({ firmware: asking }), speaker]))).toEqual([
      'Evolve2 75: 83 %, update ready',
      'Speak2 75: 67 %, charging',
      '-',
      'Open Jabra+ desktop',
      'Pair a headset…',
      '-',
      'What was sent',
      'Help',
      '-',
      'Quit until next sign-in',
    ]);
  });

  it('shows no adapter, nothing that is away, and no battery where none is known', () => {
    const away = headset({ deviceId: 'd3', connection: { status: 'disconnected', transport: 'usb', parentDeviceId: null, lastSeenAt: 0 } });
    const adapter = headset({ deviceId: 'd4', formFactor: 'dongle' });
    const unknown = headset({ battery: { level: null, charging: false, low: false } });
    expect(labels(stateWith([away, adapter, unknown]))[0]).toBe('Evolve2 75');
    expect(labels(stateWith([away, adapter]))[0]).toBe('No device connected');
  });

  it('cannot end the app where the policy says so', () => {
    const state = stateWith([]);
    expect(labels({ ...state, policy: { ...state.policy, allowQuit: false } })).not.toContain('Quit until next sign-in');
  });

  it('speaks the language of the user', () => {
    const { menu } = trayFace(stateWith([headset({ firmware: asking })]), makeMainWords('de'));
    expect(menu[0]).toMatchObject({ label: 'Evolve2 75: 83 %, Update bereit' });
  });
});

describe('the tooltip', () => {
  it('is the lines of the devices', () => {
    expect(trayFace(stateWith([headset(), speaker]), words).tooltip).toBe('Evolve2 75: 83 %\nSpeak2 75: 67 %, charging');
    expect(trayFace(stateWith([]), words).tooltip).toBe('Jabra+ desktop');
  });

  it('never has more than 127 characters, and no half line', () => {
    const many = Array.from({ length: 9 }, (_, index) => headset({ deviceId: `d${index}`, name: `Jabra Evolve2 75 number ${index}` }));
    const { tooltip } = trayFace(stateWith(many), words);
    expect(tooltip.length).toBeLessThanOrEqual(127);
    expect(tooltip.split('\n')).toHaveLength(4);
    expect(tooltip.endsWith(': 83 %')).toBe(true);
  });
});

describe('the icon', () => {
  const updating = headset({
    firmware: { status: 'updating', activity: { phase: 'transferring', progress: 45.9, startedAt: 0, sent: null, secondsAfterSending: 40 } },
  });
  const failed = headset({ firmware: { status: 'failed', isRecoverable: true } });
  const unmanaged = stateWith([]);
  it.each([
    ['normal', stateWith([headset()])],
    ['attention', stateWith([headset({ firmware: asking })])],
    ['updating', stateWith([updating, headset({ deviceId: 'd2', firmware: asking })])],
    ['attention', stateWith([updating, { ...failed, deviceId: 'd2' }])],
    ['normal', stateWith([headset({ firmware: { ...asking, reason: 'in-call' } })])],
    ['normal', stateWith([headset({ firmware: { status: 'failed', isRecoverable: false } })])],
    ['unmanaged', { ...unmanaged, status: { ...unmanaged.status, connection: 'revoked' as const } }],
  ] as const)('is %s', (icon, state) => {
    expect(trayFace(state, words).icon).toBe(icon);
  });

  it('and the line say how far an update is', () => {
    expect(labels(stateWith([updating]))[0]).toBe('Evolve2 75: 83 %, updating, 45 %');
  });
});
