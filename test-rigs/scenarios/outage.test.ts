import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { told } from '../lab/lab-platform.ts';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { PlatformByHand } from '../lab/platform-by-hand.ts';
import { describeOnBothBrokers, RealLab, startRealLab } from '../lab/real-lab.ts';
import { ReferencePlatform } from '../lab/reference-platform.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';

const serial = '70BF92000001';
const headset = '24da-70bf92000001';
const speakerSerial = '30A1B2000003';
const speakerphone = '24ef-30a1b2000003';
const devices = [`evolve2-75:${serial}`, `speak2-75:${speakerSerial}`];

/** Contract 1: the broker (5) or the platform (3.1.1) waits 30 s before it takes a client for lost. */
const willDelayMs = 30_000;

// The broker tells of this one after 30 s; the other suites of this file do their work meanwhile.
let killedLab: RealLab<PlatformByHand> | undefined;
let killed: { readonly sessionId: string | undefined; readonly at: number; readonly mark: number };
afterAll(() => killedLab?.stop());

describeWith(mosquittoTools, 'an agent that is killed, on Mosquitto', () => {
  let lab: RealLab<PlatformByHand>;
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await PlatformByHand.start(), devices });
    killedLab = lab;
  });

  it('comes back soon and is online in a new session', async () => {
    await lab.agent.start('login-1');
    const before = lab.wire.latest('presence')?.sessionId;
    await lab.agent.kill();
    const mark = lab.wire.mark();
    await lab.agent.start('login-1');
    const presence = lab.wire.latest('presence');
    expect(presence).toMatchObject({ state: 'online', reason: 'connected' });
    expect(presence?.sessionId).not.toBe(before);
    killed = { sessionId: presence?.sessionId, at: performance.now(), mark };
    await lab.agent.kill();
  });
});

describeOnBothBrokers('while the broker is away', (broker) => {
  let lab: RealLab;
  let eventsBefore: number;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices });
    await lab.platform.changePolicy({ applySettings: 'immediately' });
    await lab.agent.start('login-1');
    await lab.wire.device(speakerphone);
    await lab.platform.publish(headset, { sidetoneLevel: { value: -6, locked: true } });
    await lab.wire.event('settings.applied');
    eventsBefore = (await lab.platform.events()).length;
  });
  afterAll(() => lab?.stop());

  it('the agent goes on with its work, also after it was killed', async () => {
    await lab.platform.interrupt();
    await lab.bus.unplug(serial);
    await lab.bus.set(serial, 'sidetoneLevel', 3);
    await lab.bus.plug(serial);
    await lab.bus.holds(serial, 'sidetoneLevel', -6);
    await lab.bus.set(serial, 'sidetoneLevel', 6);
    await lab.bus.holds(serial, 'sidetoneLevel', -6, 2_000);
    await lab.bus.battery(serial, 15);
    await lab.agent.onDisk('battery.low');
    await lab.agent.kill();
    await lab.bus.unplug(speakerSerial);
    const restarted = lab.agent.launch('login-1');
    await restarted.tells(/cannot be reached/);
    expect(restarted.end).toBeNull();
  });

  it('what happened waits, and arrives afterwards once, in order, with nothing lost', { timeout: 90_000 }, async () => {
    const happened = [
      `device.disconnected ${headset}`,
      `device.connected ${headset}`,
      `settings.applied ${headset}`,
      `settings.lock-enforced ${headset}`,
      `battery.low ${headset}`,
      'agent.started',
      `device.disconnected ${speakerphone}`,
    ];
    await lab.platform.resume();
    const arrived = await eventually('as many events as there were', async () => {
      const events = (await lab.platform.events()).slice(eventsBefore);
      return events.length >= happened.length && events;
    });
    expect(told(arrived)).toEqual(happened);
    expect(arrived.map(({ at }) => at)).toEqual(arrived.map(({ at }) => at).toSorted());
  });

  it('the documents follow', async () => {
    await lab.wire.device(speakerphone, ({ connection }) => connection.status === 'disconnected');
    expect(await lab.platform.showDevice(headset)).toMatchObject({
      connection: { status: 'connected' },
      battery: { level: 15 },
      settings: { state: 'in-sync', values: { sidetoneLevel: -6 }, locked: ['sidetoneLevel'] },
    });
    expect(JSON.parse(await lab.platform.retained(await lab.agent.clientId(), 'presence'))).toMatchObject({ state: 'online' });
  });

  it('what is published afterwards is done as before', async () => {
    const revision = await lab.platform.publish(headset, { sidetoneLevel: { value: 0 } });
    await lab.wire.device(headset, ({ settings }) => settings.appliedRevision === revision);
    expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(0);
    // Nothing came twice, and nothing came late. A document and its event go their own ways.
    const arrived = await eventually('an event of it', async () => {
      const events = (await lab.platform.events()).slice(eventsBefore + 7);
      return events.length > 0 && events;
    });
    expect(told(arrived)).toEqual([`settings.applied ${headset}`]);
  });

  it('the agent never speaks another version of MQTT than the broker wants', () => {
    expect(lab.agent.versions()).toEqual(new Set([lab.platform.mqttVersion]));
  });
});

describeWith(mosquittoTools, 'a broker that forgot everything', () => {
  let lab: RealLab<PlatformByHand>;
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await PlatformByHand.start({ forgetful: true }), devices });
    await lab.agent.start('login-1');
    await lab.wire.device(headset);
    await lab.wire.device(speakerphone);
  });
  afterAll(() => lab?.stop());

  it('is given every document again', async () => {
    const before = [lab.wire.latest('devices', headset), lab.wire.latest('devices', speakerphone)];
    await lab.platform.interrupt();
    await lab.agent.running.tells(/cannot be reached/);
    await lab.platform.resume();
    for (const document of before) {
      expect(await lab.platform.showDevice(document?.deviceId ?? '')).toEqual({ ...document, sentAt: expect.any(String) });
    }
    expect(JSON.parse(await lab.platform.retained(await lab.agent.clientId(), 'client'))).toMatchObject({ loginSessionId: 'login-1' });
  });
});

describe('an agent that is killed, on the embedded platform', () => {
  let lab: RealLab<ReferencePlatform>;
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await ReferencePlatform.start(), devices });
  });
  afterAll(() => lab?.stop());

  const presence = async () => (await lab.platform.client(await lab.agent.clientId()))?.presence;

  it('leaves its will at once, which is not believed at once, and is online again when it comes back', async () => {
    await lab.agent.start('login-1');
    const after = lab.wire.mark();
    await lab.agent.kill();
    const will = await lab.wire.until('presence', { after });
    expect(will).toMatchObject({ state: 'offline', reason: 'connection-lost' });
    expect(await presence()).toMatchObject({ state: 'online' });
    await lab.agent.start('login-1');
    expect(lab.wire.latest('presence')).toMatchObject({ state: 'online', reason: 'connected' });
    expect(lab.wire.latest('presence')?.sessionId).not.toBe(will.sessionId);
    expect(await presence()).toMatchObject({ state: 'online' });
  });
});

describeWith(mosquittoTools, 'an agent that was killed and stays away, on Mosquitto', () => {
  it('is lost 30 s later, by its will, and online again when it comes back', { timeout: willDelayMs + 30_000 }, async () => {
    if (!killedLab) throw new Error('the suite above has started none');
    const lab = killedLab;
    const { sessionId, at, mark } = killed;
    const will = await lab.wire.until('presence', { after: mark, where: ({ state }) => state === 'offline', ms: willDelayMs + 10_000 });
    expect(will).toMatchObject({ reason: 'connection-lost', sessionId });
    const heardAt = lab.wire.heard.find(({ payload }) => payload === will)?.at ?? 0;
    expect(heardAt - at).toBeGreaterThan(willDelayMs - 2_000);
    const clientId = await lab.agent.clientId();
    expect(JSON.parse(await lab.platform.retained(clientId, 'presence'))).toEqual(will);
    await lab.agent.start('login-1');
    expect(JSON.parse(await lab.platform.retained(clientId, 'presence'))).toMatchObject({ state: 'online', reason: 'connected' });
  });
});
