import { localStateSchema } from '@jpd/agent/local';
import { describe, expect, it } from 'vitest';
import { type AppState, stateSchema } from '../../bridge/index.ts';
import { appStateOf, type KnownAgent } from './index.ts';
import { at, localDevice, localFirmware, localRow, localState, source } from './testing/local-states.ts';

const preferences = { language: 'system', batteryNotice: true, hasSeenFirstRun: false } as const;
const own = { version: '2.0.0', preferences, pairing: null };
const running = { state: 'running' } as const;

/** As a window takes it, which is held against what the agent may say. */
function shown(local: KnownAgent['local'], process: KnownAgent['process'] = running): AppState {
  const said = local && localStateSchema.parse(local);
  return stateSchema.parse(appStateOf({ process, local: said }, own));
}

const firmwareOf = (changed: Parameters<typeof localFirmware>[1]): AppState['devices'][number]['firmware'] | undefined =>
  shown(localState({ devices: [localDevice('d1')], firmware: [localFirmware('d1', changed)] })).devices[0]?.firmware;

const activity = {
  phase: 'transferring',
  progress: 45,
  startedAt: at,
  version: '1.11.7',
  sent: { done: 1_919_999, total: 4_000_000, since: at, doneThen: 0 },
  secondsAfterSending: 38,
} as const;

describe('what a window shows', () => {
  it('is all that the agent says', () => {
    const local = localState({
      devices: [localDevice('24da-1')],
      settings: [
        {
          deviceId: '24da-1',
          rows: [
            localRow('sidetoneLevel', {
              value: 0,
              control: { kind: 'slider', values: [-9, -6, -3, 0, 3, 6] },
              isLocked: true,
              source,
              since: at,
              waiting: { value: 3, until: 'next-login', receivedAt: at },
              problem: { code: 'device-rejected', wanted: 6 },
              enforcedAt: at,
              putBackAt: at,
            }),
          ],
        },
      ],
      firmware: [localFirmware('24da-1', { prompt: { kind: 'announce', version: '1.11.7', startsAt: at, postponedTimes: 3 }, usualMinutes: 4 })],
    });
    expect(shown(local)).toEqual({
      version: '2.0.0',
      agent: running,
      status: {
        organisation: 'Acme',
        client: 'Vienna office',
        connection: 'connected',
        host: 'platform.acme.example',
        isEncrypted: true,
        lastContactAt: at,
        nextTryAt: null,
        revokedAt: null,
        queued: 0,
        usage: null,
        rivals: [],
      },
      policy: {
        endUserSettings: 'allowed',
        allowQuit: false,
        metadata: { userName: false, computer: true, location: false },
        updateWindow: { start: '18:00', end: '06:00' },
      },
      preferences,
      devices: [
        {
          deviceId: '24da-1',
          name: 'Jabra Evolve2 75',
          family: 'evolve2-75',
          formFactor: 'headset',
          serialNumber: '70BF92123456',
          connection: { status: 'connected', transport: 'usb', parentDeviceId: null, lastSeenAt: at },
          battery: { level: 83, charging: false, low: false },
          firmware: {
            status: 'pending',
            version: '1.8.13',
            targetVersion: '1.11.7',
            reason: null,
            error: null,
            checkedAt: at,
            prompt: { kind: 'announce', startsAt: at, postponedTimes: 3 },
            packageBytes: 4_000_000,
            download: null,
            usualMinutes: 4,
            activity: null,
            hasBegun: false,
            isRecoverable: false,
            isUsable: true,
            stoppedAt: null,
            lastTry: null,
            isFailureKnown: false,
            recovery: null,
            decidedBy: { kind: 'configuration', name: 'Contact centre' },
            keptUpdated: true,
          },
          settings: [
            {
              key: 'sidetoneLevel',
              value: 0,
              control: { kind: 'slider', values: [-9, -6, -3, 0, 3, 6] },
              isLocked: true,
              source: { kind: 'configuration', name: 'Contact centre' },
              since: at,
              waiting: { value: 3, until: 'next-login', receivedAt: at },
              problem: { code: 'device-rejected', wanted: 6 },
              enforcedAt: at,
              putBackAt: at,
            },
          ],
        },
      ],
      pairing: null,
    });
  });

  it('claims nothing where no agent says anything', () => {
    const nothing = { organisation: null, client: null, host: null, lastContactAt: null, queued: 0, usage: null, rivals: [] };
    expect(shown(null, { state: 'starting' })).toMatchObject({ agent: { state: 'starting' }, status: { ...nothing, connection: 'not-connected' } });
    expect(shown(null, { state: 'standby' })).toMatchObject({ devices: [], status: { connection: 'not-connected' } });
    const problems = ['organizationId is missing'];
    const broken = shown(null, { state: 'stopped', code: 'configuration', problems });
    expect(broken).toMatchObject({ agent: { problems }, status: { ...nothing, connection: 'not-set-up' } });
    expect(shown(null, { state: 'stopped', code: 'fault', problems: [] }).status.connection).toBe('not-connected');
  });

  it('names the organisation by its id until a policy names it, and none where this PC is not set up', () => {
    const { status } = localState();
    expect(shown(localState({ organizationName: null })).status.organisation).toBe('acme');
    expect(shown(localState({ status: { ...status, connection: 'not-set-up' } })).status.organisation).toBeNull();
    expect(shown(localState({ status: { ...status, rivals: ['Jabra Direct'] } })).status.rivals).toEqual(['Jabra Direct']);
  });
});

describe('the devices of a window', () => {
  const away = (deviceId: string, lastSeenAt: string) =>
    localDevice(deviceId, { connection: { status: 'disconnected', transport: 'usb', parentDeviceId: null, lastSeenAt } });
  const named = (deviceId: string, name: string) => localDevice(deviceId, { model: { ...localDevice('x').model, name } });

  it('are in the same order whatever order they are told in: by name, and those that are away last, the newest of them first', () => {
    const devices = [
      away('old', '2026-11-20T08:00:00.000Z'),
      named('b', 'Jabra Speak2 75'),
      named('c2', 'Jabra Link 380'),
      named('c1', 'Jabra Link 380'),
      away('new', '2026-11-21T08:00:00.000Z'),
      named('a', 'Jabra Engage 50 II'),
    ];
    const order = ['a', 'c1', 'c2', 'b', 'new', 'old'];
    expect(shown(localState({ devices })).devices.map(({ deviceId }) => deviceId)).toEqual(order);
    expect(shown(localState({ devices: devices.toReversed() })).devices.map(({ deviceId }) => deviceId)).toEqual(order);
  });

  it('that are away show no battery, and of one that tells no level none is made up', () => {
    const [there] = shown(localState({ devices: [localDevice('d1', { battery: { level: null, charging: true, low: false } })] })).devices;
    expect(there?.battery).toEqual({ level: null, charging: true, low: false });
    expect(shown(localState({ devices: [away('d1', '2026-11-20T08:00:00.000Z')] })).devices[0]?.battery).toBeNull();
  });

  it('have the firmware of their document where no engine says more', () => {
    const [device] = shown(localState({ devices: [localDevice('d1')] })).devices;
    expect(device?.firmware).toMatchObject({ status: 'unmanaged', version: '1.8.13', prompt: null, activity: null, isRecoverable: false });
    expect(device?.settings).toEqual([]);
  });
});

describe('the progress of a window', () => {
  it('is what the device acknowledged, to the percent', () => {
    expect(firmwareOf({ activity })?.activity).toEqual({
      phase: 'transferring',
      progress: 47,
      startedAt: at,
      sent: { done: 1_919_999, total: 4_000_000, since: at, doneThen: 0 },
      secondsAfterSending: 38,
    });
    expect(firmwareOf({ activity: { ...activity, sent: null } })?.activity?.progress).toBe(45);
  });

  it('is not all of it before the device runs the new version', () => {
    const all = { done: 4_000_000, total: 4_000_000, since: at, doneThen: 0 };
    const progress = (phase: 'transferring' | 'verifying' | 'installing' | 'restoring') =>
      firmwareOf({ activity: { ...activity, progress: 100, phase, sent: all } })?.activity?.progress;
    expect([progress('transferring'), progress('verifying'), progress('installing'), progress('restoring')]).toEqual([99, 99, 99, 100]);
  });

  it('says a minute for the restart before one was seen', () => {
    expect(firmwareOf({ activity: { ...activity, secondsAfterSending: null } })?.activity?.secondsAfterSending).toBe(60);
  });

  it('of a recovery says what is installed, what was unplugged, and how long another try takes', () => {
    expect(firmwareOf({ recovery: { step: 'running', ...activity } })?.recovery).toMatchObject({ step: 'running', version: '1.11.7', progress: 47 });
    const complete = { step: 'complete', version: '1.11.7', unplugged: ['Jabra Link 380'] } as const;
    expect(firmwareOf({ recovery: { ...complete, unplugged: ['Jabra Link 380'] } })?.recovery).toEqual(complete);
    const error = { code: 'device-error', message: 'the device refused' } as const;
    expect(firmwareOf({ recovery: { step: 'failed', error } })?.recovery).toEqual({ step: 'failed', error, minutes: 5 });
    expect(firmwareOf({ recovery: { step: 'failed', error }, usualMinutes: 7 })?.recovery).toMatchObject({ minutes: 7 });
  });
});
