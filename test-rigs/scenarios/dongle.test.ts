import { afterAll, beforeAll, expect, it } from 'vitest';
import { told } from '../lab/lab-platform.ts';
import { describeOnBothBrokers, type RealLab, startRealLab } from '../lab/real-lab.ts';

const dongleSerial = '50C275000001';
const headsetSerial = '70BF92000002';
const dongle = '24c7-50c275000001';
const headset = '24b3-70bf92000002';
const speakerphone = '24ef-30a1b2000003';

describeOnBothBrokers('a dongle with a headset, and a speakerphone', (broker) => {
  let lab: RealLab;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`link-380:${dongleSerial}+evolve2-65:${headsetSerial}`, 'speak2-75:30A1B2000003'] });
    await lab.platform.changePolicy({ applySettings: 'immediately' });
    await lab.agent.start('login-1');
  });
  afterAll(() => lab?.stop());

  /** A document and its event go their own ways. */
  const eventOf = (type: 'device.connected' | 'device.disconnected', id: string, after: number) =>
    lab.wire.event(type, { after, where: (event) => 'deviceId' in event && event.deviceId === id });
  const statusOf = (deviceId: string) => lab.wire.latest('devices', deviceId)?.connection.status;

  it('are three devices, the headset with the dongle as its parent', async () => {
    expect(await lab.wire.device(dongle)).toMatchObject({
      model: { productId: 0x24c7, family: 'link-380', formFactor: 'dongle' },
      electronicSerialNumber: dongleSerial,
      connection: { status: 'connected', transport: 'usb', parentDeviceId: null },
      battery: null,
      settings: { values: { autoPairing: true } },
    });
    expect(await lab.wire.device(headset)).toMatchObject({
      model: { productId: 0x24b3, family: 'evolve2-65', formFactor: 'headset', dfuProductId: 0x24b3 },
      electronicSerialNumber: headsetSerial,
      connection: { status: 'connected', transport: 'dongle', parentDeviceId: dongle },
      firmware: { version: '2.8.5' },
      battery: { level: 80 },
    });
    expect(await lab.wire.device(speakerphone)).toMatchObject({
      model: { family: 'speak2-75', formFactor: 'speakerphone' },
      connection: { status: 'connected', transport: 'usb', parentDeviceId: null },
    });
    expect(new Set(lab.wire.said('devices').map(({ deviceId }) => deviceId))).toEqual(new Set([dongle, headset, speakerphone]));
  });

  it('take settings each for itself, the headset through the dongle', async () => {
    const ofHeadset = await lab.platform.publish(headset, { sidetoneLevel: { value: 6, locked: true } });
    const ofDongle = await lab.platform.publish(dongle, { autoPairing: { value: false } });
    const { settings } = await lab.wire.device(headset, (document) => document.settings.appliedRevision === ofHeadset);
    expect(settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: 6 }, locked: ['sidetoneLevel'] });
    expect(await lab.bus.get(headsetSerial, 'sidetoneLevel')).toBe(6);
    await lab.wire.device(dongle, (document) => document.settings.appliedRevision === ofDongle);
    expect(await lab.bus.get(dongleSerial, 'autoPairing')).toBe(false);
  });

  it('keep a locked setting, the headset through the dongle as well', async () => {
    await lab.bus.set(headsetSerial, 'sidetoneLevel', -3);
    await lab.bus.holds(headsetSerial, 'sidetoneLevel', 6, 2_000);
    expect(await lab.wire.event('settings.lock-enforced')).toMatchObject({ deviceId: headset, data: { keys: ['sidetoneLevel'] } });
  });

  it('know that the headset left the dongle, and that it came back', async () => {
    const after = lab.wire.mark();
    await lab.unplug(headsetSerial, headset);
    expect(statusOf(dongle)).toBe('connected');
    await lab.plug(headsetSerial, headset);
    await eventOf('device.connected', headset, after);
    expect(lab.wire.said('devices', { after, where: ({ deviceId }) => deviceId !== headset })).toEqual([]);
  });

  it('go both when the dongle is pulled out, and stay known', async () => {
    const after = lab.wire.mark();
    const known = { electronicSerialNumber: dongleSerial, settings: { values: { autoPairing: false } } };
    expect(await lab.unplug(dongleSerial, dongle)).toMatchObject(known);
    const { connection } = await lab.wire.device(headset, (document) => document.connection.status === 'disconnected', { after });
    for (const id of [dongle, headset]) await eventOf('device.disconnected', id, after);
    expect(connection).toMatchObject({ transport: 'dongle', parentDeviceId: dongle });
    expect(statusOf(speakerphone)).toBe('connected');
  });

  it('come back both with the dongle, each with one event', async () => {
    const after = lab.wire.mark();
    await lab.plug(dongleSerial, dongle);
    for (const id of [dongle, headset]) await eventOf('device.connected', id, after);
    expect(told(lab.wire.said('events', { after })).toSorted()).toEqual([`device.connected ${headset}`, `device.connected ${dongle}`]);
  });
});
