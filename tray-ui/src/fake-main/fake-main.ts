import {
  answerCall,
  type AppState,
  type BridgePort,
  type DeviceView,
  type EventName,
  type EventPayload,
  eventToSend,
  type Handlers,
} from '../bridge/index.ts';
import { at } from './clock.ts';
import { type Situation } from './situations.ts';

/** Main in memory: the same contract, sender check and validation as the real one, over a situation instead of an agent. */
export class FakeMain implements BridgePort {
  /** Calls that came through, oldest first. */
  readonly asked: { readonly name: string; readonly args: unknown }[] = [];
  #situation: Situation;
  #state: AppState;
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>();
  readonly #overrides: Partial<Handlers>;

  constructor(situation: Situation, overrides: Partial<Handlers> = {}) {
    this.#situation = situation;
    this.#state = situation.state;
    this.#overrides = overrides;
  }

  get state(): AppState {
    return this.#state;
  }

  /** As if all of it had changed, and main sent the window to where it can be seen. */
  become(situation: Situation, language: AppState['preferences']['language']): void {
    this.#situation = situation;
    this.show({ ...situation.state, preferences: { ...situation.state.preferences, language } });
    this.tell('navigate', situation.place);
  }

  /** As if main had something new to say. */
  show(changed: Partial<AppState>): void {
    this.#state = { ...this.#state, ...changed };
    this.tell('state', this.#state);
  }

  tell<N extends EventName>(name: N, payload: EventPayload<N>): void {
    const sent = eventToSend(name, payload);
    for (const listener of this.#listeners.get(name) ?? []) listener(sent.payload);
  }

  changeDevice(deviceId: string, change: (device: DeviceView) => DeviceView): void {
    this.show({ devices: this.#state.devices.map((device) => (device.deviceId === deviceId ? change(device) : device)) });
  }

  async call(name: string, args: unknown): Promise<unknown> {
    const sender = { url: 'fake://app/index.html', isMainFrame: true };
    return answerCall({ ...this.#handlers(), ...this.#overrides }, { sender, name, args }, { origin: 'fake://app', onRefused: () => undefined });
  }

  on(name: string, listener: (payload: unknown) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #firmware(deviceId: string, changed: Partial<DeviceView['firmware']>): boolean {
    this.changeDevice(deviceId, (device) => ({ ...device, firmware: { ...device.firmware, ...changed } }));
    return true;
  }

  #handlers(): Handlers {
    const noted =
      <A, R>(name: string, does: (args: A) => R) =>
      (args: A): Promise<R> => {
        this.asked.push({ name, args });
        return Promise.resolve(does(args));
      };
    return {
      state: noted('state', () => this.#state),
      answerFirmware: noted('answerFirmware', ({ deviceId, answer }) =>
        answer === 'install'
          ? this.#firmware(deviceId, {
              status: 'updating',
              reason: null,
              prompt: null,
              activity: { phase: 'checking', progress: 0, startedAt: at.now, sent: null, secondsAfterSending: 40 },
            })
          : this.#firmware(deviceId, {
              status: 'postponed',
              reason: 'postponed-by-user',
              prompt: { kind: 'postponed', until: at.tomorrow, postponementsLeft: 1 },
            }),
      ),
      recoverFirmware: noted('recoverFirmware', ({ deviceId }) => {
        const others = this.#state.devices
          .filter((device) => device.deviceId !== deviceId && device.connection.status === 'connected')
          .map((device) => ({ deviceId: device.deviceId, name: device.name, isConnected: true }));
        return this.#firmware(deviceId, { recovery: { step: 'prepare', others } });
      }),
      endRecovery: noted('endRecovery', ({ deviceId }) => {
        this.#firmware(deviceId, { recovery: null });
        return null;
      }),
      changeSetting: noted('changeSetting', ({ deviceId, key, value }) => {
        this.changeDevice(deviceId, (device) => ({
          ...device,
          settings: device.settings.map((row) => (row.key === key ? { ...row, value, problem: null } : row)),
        }));
        return { isDone: true as const };
      }),
      startPairing: noted('startPairing', () => this.#pair({ step: 'searching', adapter: 'Jabra Link 380', startedAt: at.now, found: [] })),
      choosePairing: noted('choosePairing', () => this.#pair({ step: 'connecting', adapter: 'Jabra Link 380', name: 'Jabra Evolve2 65' })),
      stopPairing: noted('stopPairing', () => this.#pair(null)),
      tryNow: noted('tryNow', () => null),
      checkPc: noted('checkPc', () => ({
        at: at.now,
        checks: [
          { id: 'setup' as const, isGood: true, subject: null },
          { id: 'devices' as const, isGood: true, subject: null },
          { id: 'platform' as const, isGood: true, subject: 'platform.acme.example' },
          { id: 'signed-in' as const, isGood: true, subject: 'Acme' },
          { id: 'rivals' as const, isGood: this.#state.status.rivals.length === 0, subject: this.#state.status.rivals[0] ?? null },
        ],
      })),
      saveDiagnostics: noted('saveDiagnostics', () => ({ isSaved: true })),
      sentLog: noted('sentLog', () => [...this.#situation.sent]),
      sentExact: noted('sentExact', ({ id }) => {
        const entry = this.#situation.sent.find((one) => one.id === id);
        return entry ? JSON.stringify(Object.fromEntries(entry.fields.map(({ name, value }) => [name, value])), null, 2) : null;
      }),
      saveSentLog: noted('saveSentLog', () => ({ isSaved: true })),
      licences: noted('licences', () =>
        ['Electron', 'node-hid', 'Fluent UI', 'React', 'i18next', 'zod'].map((name) => ({
          name,
          version: '1.0.0',
          licence: 'MIT',
          text: 'Permission is hereby granted, …',
        })),
      ),
      copyVersionDetails: noted('copyVersionDetails', () => null),
      setPreferences: noted('setPreferences', (changed) => {
        const given = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
        this.show({ preferences: { ...this.#state.preferences, ...given } });
        return null;
      }),
      openWindow: noted('openWindow', () => null),
      closeWindow: noted('closeWindow', () => null),
    };
  }

  #pair(pairing: AppState['pairing']): null {
    this.show({ pairing });
    return null;
  }
}
