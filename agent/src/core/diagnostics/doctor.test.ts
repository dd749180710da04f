import { createHash } from 'node:crypto';
import type { HidPort } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import type {
  ConnectFailure,
  ConnectOptions,
  ConnectResult,
  Entropy,
  Json,
  Log,
  LockExamination,
  PlatformLink,
  PlatformProbe,
  PlatformRoute,
  Store,
} from '../../ports/index.ts';
import { openMemorySecretStore, SecretMemory } from '../testing/secret-memory.ts';
import type { Check } from './check.ts';
import { type DoctorContext, examine } from './doctor.ts';

const startsAt = Date.UTC(2026, 10, 22, 8);
const machineId = 'machine-1';
const entropy: Entropy = {
  uuid: () => '00000000-0000-4000-8000-000000000001',
  random: () => 0.5,
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  md5: (bytes) => createHash('md5').update(bytes).digest(),
};
const identity = {
  organizationId: 'acme',
  clientId: 'client-1',
  machine: entropy.sha256(machineId),
  enrolment: entropy.sha256('acme\ntoken'),
  revoked: false,
};
const log: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  setLevel: () => undefined,
  child: () => log,
};

/** A state that holds these records. */
function storeOf(records: Readonly<Record<string, Readonly<Record<string, Json>>>>): Store {
  return {
    damage: [],
    load: async (section) => new Map(Object.entries(records[section] ?? {})),
    commit: () => Promise.reject(new Error('the doctor changes nothing')),
    close: async () => undefined,
  };
}

const plainRoute: PlatformRoute = { secure: null, close: () => undefined };
const probe: PlatformProbe = {
  proxy: async () => null,
  resolve: async () => ({ name: 'platform.example', addresses: ['192.0.2.7'] }),
  reach: async () => plainRoute,
};

/** Accepts whoever comes, once all refusals are given, and writes down what is done with the connection. */
class Broker implements PlatformLink {
  readonly attempts: ConnectOptions[] = [];
  readonly refuse: ConnectFailure[] = [];
  /** What clients did after they were accepted. */
  readonly done: string[] = [];

  async connect(options: ConnectOptions): Promise<ConnectResult> {
    this.attempts.push(options);
    const failure = this.refuse.shift();
    if (failure) return { accepted: false, failure };
    const act = (what: string) => async (): Promise<void> => void this.done.push(what);
    return {
      accepted: true,
      connection: {
        sessionPresent: true,
        subscribe: act('subscribe'),
        publish: act('publish'),
        onMessage: () => void this.done.push('listen'),
        onClosed: () => undefined,
        end: (graceful) => act(graceful ? 'disconnect' : 'break')(),
      },
    };
  }
}

class Installation {
  readonly clock = new VirtualClock();
  readonly bus = new VirtualBus(this.clock);
  readonly platform = new Broker();
  readonly secrets = new SecretMemory();
  readonly settings: DoctorContext['settings'] = {
    organizationId: 'acme',
    enrollmentToken: 'token',
    apiUrl: null,
    brokerUrl: 'mqtts://platform.example',
    tls: { caFile: null, certFile: null, keyFile: null },
    stateDir: '/state',
    logDir: '/logs',
    definitionsFile: null,
  };
  lock: LockExamination = { held: false };
  records: Readonly<Record<string, Readonly<Record<string, Json>>>> = { identity: { identity } };
  changes: Partial<DoctorContext> = {};

  async examine(): Promise<readonly Check[]> {
    await this.clock.advance(startsAt - this.clock.now());
    const checks = examine({
      settings: this.settings,
      mappings: 0,
      notes: [],
      platform: 'linux',
      clock: this.clock,
      entropy,
      log,
      host: { machineId: async () => machineId },
      secrets: openMemorySecretStore(this.secrets),
      hid: this.bus.port(),
      reachBus: null,
      link: this.platform,
      probe,
      folder: async () => ({ kind: 'folder', obstacle: null, openToAll: false, freeBytes: null }),
      lock: async () => this.lock,
      state: async () => ({ store: storeOf(this.records), counts: new Map(), problem: null, lostRecords: 0 }),
      ...this.changes,
    });
    return this.clock.complete(checks);
  }

  async check(name: string): Promise<Check> {
    const found = (await this.examine()).find((check) => check.name === name);
    if (!found) throw new Error(`there is no check ${name}`);
    return found;
  }
}

const never = (): Promise<never> => new Promise(() => undefined);
const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code });

describe('the doctor', () => {
  it('looks at everything, in the order in which a reader would', async () => {
    const checks = await new Installation().examine();
    expect(checks.map(({ name, status }) => `${status} ${name}`)).toEqual([
      'ok configuration',
      'skipped definitions',
      'ok state-folder',
      'ok agent',
      'ok state',
      'ok log-folder',
      'ok clock',
      'ok hid',
      'ok proxy',
      'ok name-resolution',
      'ok connection',
      'skipped tls',
      'ok broker-login',
    ]);
  });

  it('gives every check that is not well a remedy, and every text one line', async () => {
    const installation = new Installation();
    const fails = () => Promise.reject(coded('two\nlines', 'EIO'));
    installation.changes = { folder: fails, lock: fails, state: fails, reachBus: fails, probe: { ...probe, proxy: fails } };
    const checks = await installation.examine();
    for (const { status, message, remedy } of checks) {
      expect(message).not.toContain('\n');
      expect(status === 'failed' || status === 'warning' ? remedy : 'nothing to do').toMatch(/^[^\n]+$/);
    }
    expect(checks.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual([
      'state-folder',
      'agent',
      'state',
      'log-folder',
      'hid',
      'proxy',
    ]);
  });

  it('gives up each check that hangs after 5 s, and skips what follows from it', async () => {
    const installation = new Installation();
    const hid: HidPort = { ...installation.bus.port(), list: never };
    installation.changes = { folder: never, hid, probe: { ...probe, reach: never } };
    const before = startsAt;
    const checks = await installation.examine();
    expect(checks.filter(({ message }) => message === 'no answer within 5 s').map(({ name }) => name)).toEqual([
      'state-folder',
      'log-folder',
      'hid',
      'connection',
    ]);
    expect(checks.filter(({ status }) => status === 'skipped').map(({ name }) => name)).toEqual(['definitions', 'tls', 'broker-login']);
    expect(installation.clock.now() - before).toBeLessThanOrEqual(5000);
  });

  it('tells what the configuration holds and nobody reads', async () => {
    const installation = new Installation();
    installation.changes = { notes: ['registry value X is not known', 'another'] };
    expect(await installation.check('configuration')).toMatchObject({
      status: 'warning',
      message: 'usable; registry value X is not known (and 1 more)',
    });
  });

  it('compares the clock with what the platform said', async () => {
    const installation = new Installation();
    const policy = {
      schema: 'policy/1',
      sentAt: '2026-12-01T08:00:00.000Z',
      revision: 1,
      metadata: { userName: false, computer: false, location: false },
      applySettings: 'next-login',
      endUserSettings: 'allowed',
      postponeLimit: 3,
      logLevel: 'info',
      revoked: false,
    };
    installation.records = { identity: { identity }, policy: { current: policy } };
    expect(await installation.check('clock')).toMatchObject({ status: 'warning' });
  });
});

describe('the way to the platform', () => {
  it('is closed again', async () => {
    const installation = new Installation();
    let closed = 0;
    const route = { ...plainRoute, close: () => void (closed += 1) };
    installation.changes = { probe: { ...probe, reach: async () => route } };
    await installation.examine();
    expect(closed).toBe(1);
  });

  it('that ends in TLS says why, and no login is tried', async () => {
    const installation = new Installation();
    const secure = () => Promise.reject(coded('its certificate has expired', 'CERT_HAS_EXPIRED'));
    installation.changes = { probe: { ...probe, reach: async () => ({ ...plainRoute, secure }) } };
    const checks = await installation.examine();
    expect(checks.find(({ name }) => name === 'tls')).toMatchObject({ status: 'failed', message: 'its certificate has expired (CERT_HAS_EXPIRED)' });
    expect(checks.find(({ name }) => name === 'broker-login')).toMatchObject({ status: 'skipped', message: 'not tried, since tls failed' });
    expect(installation.platform.attempts).toEqual([]);
  });

  it('names the proxy, and an address that needs no resolving', async () => {
    const installation = new Installation();
    installation.changes = {
      probe: { ...probe, proxy: async () => 'http://proxy:3128', resolve: async () => ({ name: '192.0.2.7', addresses: [] }) },
    };
    const checks = await installation.examine();
    expect(checks.find(({ name }) => name === 'proxy')).toEqual({ name: 'proxy', status: 'ok', message: 'http://proxy:3128 is used' });
    expect(checks.find(({ name }) => name === 'name-resolution')).toEqual({
      name: 'name-resolution',
      status: 'skipped',
      message: '192.0.2.7 is an address',
    });
  });
});

describe('the login', () => {
  const login = (installation: Installation): Promise<Check> => installation.check('broker-login');
  const refusal = (kind: ConnectFailure['kind']): ConnectFailure => ({ kind, reasonCode: null, retryAfterMs: null, message: `it says ${kind}` });

  it('shows what the agent will: its own secret, and else the token that it keeps', async () => {
    const installation = new Installation();
    const facts = { organizationId: 'acme', clientId: 'client-1', machine: identity.machine, apiUrl: 'https://api.example', issuedAt: startsAt };
    installation.secrets.kept = { secrets: { secret: 'own-secret' }, facts: { ...facts, kind: 'secret', lifetimeMs: 1000, renewAfterMs: 500 } };
    expect(await login(installation)).toMatchObject({ status: 'ok' });
    expect(installation.platform.attempts.map(({ password }) => password)).toEqual(['own-secret']);
    const settings = { ...installation.settings, enrollmentToken: null };
    const without = new Installation();
    without.changes = { settings };
    without.secrets.kept = { secrets: { token: 'token' }, facts: { kind: 'token' } };
    await login(without);
    expect(without.platform.attempts.map(({ password }) => password)).toEqual(['token']);
    without.secrets.damaged = true;
    expect(await login(without)).toMatchObject({ status: 'failed', message: 'damaged' });
  });

  it('is not tried where a credential is to be asked for first', async () => {
    const installation = new Installation();
    installation.changes = { settings: { ...installation.settings, apiUrl: 'https://api.example' } };
    expect(await login(installation)).toMatchObject({ status: 'skipped', message: expect.stringContaining('apiUrl') as unknown });
    expect(installation.platform.attempts).toEqual([]);
  });

  it('is the one of the next start: same client id, same session, and it leaves without a trace', async () => {
    const installation = new Installation();
    expect(await login(installation)).toEqual({
      name: 'broker-login',
      status: 'ok',
      message: 'accepted with MQTT 5 for organisation acme, as client client-1',
    });
    expect(installation.platform.attempts).toMatchObject([
      { clientId: 'client-1', userName: 'acme/client-1', password: 'token', version: 5, sessionExpirySeconds: 604_800, will: { retain: false } },
    ]);
    // Nothing that waits for the agent is taken, and its will is dropped.
    expect(installation.platform.done).toEqual(['disconnect']);
  });

  it('throws no running agent off', async () => {
    const installation = new Installation();
    installation.lock = { held: true, by: null };
    expect(await login(installation)).toMatchObject({ status: 'skipped' });
    expect(installation.platform.attempts).toEqual([]);
  });

  it('of a running agent that cannot connect is a failure', async () => {
    const installation = new Installation();
    installation.lock = { held: true, by: null };
    const reconnect = { failures: 3, notBefore: startsAt + 60_000, waitMs: 60_000, configuration: 'x' };
    installation.records = { identity: { identity }, link: { reconnect } };
    expect(await login(installation)).toMatchObject({
      status: 'failed',
      message: 'the running agent is not connected: 3 attempts in a row failed, the next one not before 2026-11-22T08:01:00.000Z',
    });
    expect(installation.platform.attempts).toEqual([]);
  });

  it('is not tried where it is not known whether an agent runs', async () => {
    const installation = new Installation();
    installation.changes = { lock: () => Promise.reject(coded('no access', 'EACCES')) };
    expect(await login(installation)).toMatchObject({ status: 'skipped' });
    expect(installation.platform.attempts).toEqual([]);
  });

  it('of a revoked client is not tried: it stays silent', async () => {
    const installation = new Installation();
    installation.records = { identity: { identity: { ...identity, revoked: true } } };
    expect(await login(installation)).toMatchObject({ status: 'failed', message: 'the platform revoked this client, which stays silent' });
    expect(installation.platform.attempts).toEqual([]);
  });

  it('before the first start is that of one visitor, whose session ends with it', async () => {
    const installation = new Installation();
    installation.records = {};
    await login(installation);
    await login(installation);
    const [first, second] = installation.platform.attempts;
    expect(first?.clientId).toMatch(/^doctor-[0-9a-f]{24}$/);
    expect(second?.clientId).toBe(first?.clientId);
    expect(first).toMatchObject({ userName: `acme/${first?.clientId}`, sessionExpirySeconds: 0 });
  });

  it('with another token than the one enrolled is not that of the client that was', async () => {
    const installation = new Installation();
    installation.records = { identity: { identity: { ...identity, enrolment: entropy.sha256('acme\nanother') } } };
    await login(installation);
    expect(installation.platform.attempts[0]?.clientId).not.toBe('client-1');
  });

  it('falls back to MQTT 3.1.1 as the agent does', async () => {
    const installation = new Installation();
    installation.platform.refuse.push(refusal('closed-before-connack'), refusal('closed-before-connack'));
    expect(await login(installation)).toMatchObject({ status: 'ok', message: expect.stringContaining('MQTT 3.1.1') as unknown });
    expect(installation.platform.attempts.map(({ version }) => version)).toEqual([5, 5, 4]);
  });

  it.each(['not-authorized', 'refused', 'network'] as const)('that fails for %s is tried once and says what to do', async (kind) => {
    const installation = new Installation();
    installation.platform.refuse.push(refusal(kind));
    expect(await login(installation)).toMatchObject({ status: 'failed', message: `it says ${kind}`, remedy: expect.stringMatching(/.+/) as unknown });
    expect(installation.platform.attempts).toHaveLength(1);
  });
});

describe('HID', () => {
  const hid = (installation: Installation): Promise<Check> => installation.check('hid');
  const plugged = (): Installation => {
    const installation = new Installation();
    installation.bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' }));
    return installation;
  };

  it('counts the devices that can be opened, and sends them nothing', async () => {
    const installation = new Installation();
    const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
    installation.bus.plug(device);
    expect(await hid(installation)).toEqual({ name: 'hid', status: 'ok', message: '1 device can be opened' });
    expect(device.received).toEqual([]);
  });

  it('without a device still says that the driver works', async () => {
    expect(await hid(new Installation())).toMatchObject({ status: 'ok', message: 'the driver works; no Jabra device is connected' });
  });

  it.each([
    ['no-permission', 'linux', 'failed', 'udev'],
    ['no-permission', 'win32', 'failed', 'account'],
    ['not-opened', 'linux', 'warning', 'other programs'],
  ])('that refuses with %s on %s is %s', async (code, platform, status, remedy) => {
    const installation = plugged();
    const port = installation.bus.port();
    const list: HidPort['list'] = (vendorId) => port.list(vendorId);
    installation.changes = { platform, hid: { ...port, list, open: () => Promise.reject(coded('refused', code)) } };
    expect(await hid(installation)).toMatchObject({ status, remedy: expect.stringContaining(remedy) as unknown });
  });

  it('takes a device that was just unplugged for no fault', async () => {
    const installation = plugged();
    const port = installation.bus.port();
    const list: HidPort['list'] = (vendorId) => port.list(vendorId);
    installation.changes = { hid: { ...port, list, open: () => Promise.reject(coded('gone', 'gone')) } };
    expect(await hid(installation)).toMatchObject({ status: 'ok' });
  });

  it('that has no library names what is missing', async () => {
    const installation = new Installation();
    installation.changes = { hid: { ...installation.bus.port(), list: () => Promise.reject(coded('node-hid could not be loaded', 'no-library')) } };
    expect(await hid(installation)).toMatchObject({ status: 'failed', remedy: expect.stringContaining('libusb') as unknown });
  });

  it('of a virtual bus that is not there says how to start one', async () => {
    const installation = new Installation();
    installation.changes = { reachBus: () => Promise.reject(coded('nothing answers', 'gone')) };
    expect(await hid(installation)).toMatchObject({ status: 'failed', remedy: expect.stringContaining('jabra-virtual serve') as unknown });
  });
});
