import { userInfo } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { told } from '../lab/lab-platform.ts';
import { describeOnBothBrokers, type RealLab, startRealLab } from '../lab/real-lab.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

describeOnBothBrokers('the main job', (broker) => {
  let lab: RealLab;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
  });
  afterAll(() => lab?.stop());

  it('reports the headset that is plugged, and who uses it', async () => {
    await lab.agent.start('login-1');
    const document = await lab.wire.device(deviceId);
    expect(document).toMatchObject({
      model: { vendorId: 0x0b0e, productId: 0x24da, family: 'evolve2-75', formFactor: 'headset', dfuProductId: 0x24da },
      electronicSerialNumber: serial,
      connection: { status: 'connected', transport: 'usb', parentDeviceId: null },
      firmware: { version: '1.8.13', status: 'unmanaged' },
      battery: { level: 80, charging: false, low: false },
      settings: { desiredRevision: null, appliedRevision: null, state: 'in-sync', locked: [], errors: [] },
    });
    expect(document.settings.values).toMatchObject({ sidetoneLevel: 0, sidetoneEnabled: true, ancMode: 'anc' });
    const client = await lab.wire.until('client', { where: ({ metadata }) => metadata?.userName !== undefined });
    expect(client).toMatchObject({ mode: 'personal', loginSessionId: 'login-1', metadata: { userName: userInfo().username } });
    expect(client.metadata?.computer?.ipAddresses).toEqual(expect.arrayContaining([expect.stringMatching(/[.:]/)]));
  });

  it('keeps a locked setting for the next login', async () => {
    const revision = await lab.platform.publish(deviceId, { sidetoneLevel: { value: -6, locked: true } });
    const document = await lab.wire.device(deviceId, ({ settings }) => settings.desiredRevision === revision);
    expect(document.settings).toMatchObject({ appliedRevision: null, state: 'pending-login', locked: [] });
    expect(await lab.bus.device(serial)).toMatchObject({ writes: 0, settings: { sidetoneLevel: 0 } });
  });

  it('writes it at that login, once, and says so', async () => {
    await lab.agent.logIn('login-2');
    const document = await lab.wire.device(deviceId, ({ settings }) => settings.appliedRevision !== null);
    expect(document.settings).toMatchObject({
      state: 'in-sync',
      appliedRevision: document.settings.desiredRevision,
      locked: ['sidetoneLevel'],
      values: { sidetoneLevel: -6, sidetoneEnabled: true },
      errors: [],
    });
    expect(await lab.bus.command('get', '--device', serial, '--setting', 'sidetoneLevel')).toMatchObject({ code: 0, out: '-6\n' });
    expect(await lab.bus.device(serial)).toMatchObject({ writes: 1 });
  });

  it('puts it back within 2 s when someone changes it on the headset', async () => {
    const after = lab.wire.mark();
    await lab.bus.set(serial, 'sidetoneLevel', 3);
    await lab.bus.holds(serial, 'sidetoneLevel', -6, 2_000);
    const { data } = await lab.wire.event('settings.lock-enforced', { after });
    expect(data).toMatchObject({ keys: ['sidetoneLevel'] });
    expect(lab.wire.latest('devices', deviceId)?.settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: -6 } });
  });

  it('leaves alone what is not locked', async () => {
    const after = lab.wire.mark();
    await lab.bus.set(serial, 'inCallBusylight', false);
    await lab.wire.device(deviceId, ({ settings }) => settings.values['inCallBusylight'] === false, { after });
    expect(await lab.bus.get(serial, 'inCallBusylight')).toBe(false);
  });

  it('tells of unplugging and plugging', async () => {
    expect((await lab.unplug(serial, deviceId)).connection).toMatchObject({ status: 'disconnected', transport: 'usb' });
    expect((await lab.plug(serial, deviceId)).connection).toMatchObject({ status: 'connected', transport: 'usb' });
  });

  it('puts back what the headset lost with its power', async () => {
    const after = lab.wire.mark();
    await lab.bus.fault(serial, 'power-cut');
    const { data } = await lab.wire.event('settings.applied', { after });
    expect(data).toMatchObject({ cause: 'connect', written: ['sidetoneLevel'] });
    expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(-6);
  });

  it('shows an administrator the same, and everything that happened in its order', async () => {
    const shown = await lab.platform.showDevice(deviceId);
    expect(shown).toEqual(lab.wire.latest('devices', deviceId));
    expect(told(await lab.platform.events())).toEqual([
      'agent.started',
      `device.connected ${deviceId}`,
      `settings.pending ${deviceId}`,
      'agent.stopped',
      'agent.started',
      `settings.applied ${deviceId}`,
      `settings.lock-enforced ${deviceId}`,
      `device.disconnected ${deviceId}`,
      `device.connected ${deviceId}`,
      `device.disconnected ${deviceId}`,
      `device.connected ${deviceId}`,
      `settings.applied ${deviceId}`,
    ]);
  });

  it('ends in order when it is told to', async () => {
    const after = lab.wire.mark();
    expect(await lab.agent.stop()).toMatchObject({ code: 0, out: '' });
    expect(lab.wire.said('presence', { after })).toMatchObject([{ state: 'offline', reason: 'shutdown' }]);
  });
});
