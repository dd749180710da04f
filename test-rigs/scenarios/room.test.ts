import type { UpdateWindow } from '@jpd/agent/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { told } from '../lab/lab-platform.ts';
import { firmwarePackage } from '../lab/packages/firmware-package.ts';
import { type PackageServer, startPackageServer } from '../lab/packages/package-server.ts';
import { describeOnBothBrokers, type RealLab, startRealLab } from '../lab/real-lab.ts';

const bar = { serial: '50C275000001', id: '3010-50c275000001' };
const speaker = { serial: '50C275000002', id: '24ef-50c275000002' };
const controller = { serial: '50C275000003', id: '4051-50c275000003' };
const devices = [bar, speaker, controller];

const minuteMs = 60_000;

/** Programs of a lab live in UTC. An hour that begins so many minutes from now, on the day on which it does. */
function hourFrom(minutesFromNow: number): UpdateWindow {
  const start = new Date(Date.now() + minutesFromNow * minuteMs);
  const end = new Date(start.getTime() + 60 * minuteMs);
  const time = (date: Date): string => date.toISOString().slice(11, 16);
  const day = (['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const)[start.getUTCDay()];
  return { start: time(start), end: time(end), ...(day === undefined ? {} : { days: [day] }) };
}

describeOnBothBrokers('a meeting room', (broker) => {
  let lab: RealLab;
  let server: PackageServer;
  let clientId: string;
  beforeAll(async () => {
    server = await startPackageServer();
    lab = await startRealLab({ broker, devices: [`panacast-50:${bar.serial}`, `speak2-75:${speaker.serial}`, `engage-50-ii:${controller.serial}`] });
    await lab.agent.configure({ mode: 'room', clientName: 'Room 12' });
  });
  afterAll(async () => {
    await lab?.stop();
    await server?.stop();
  });

  const endOf = async (type: string, deviceId: string) => {
    const id = await lab.platform.command(clientId, { type, deviceId });
    return lab.wire.until('results', { id, where: ({ status }) => status !== 'accepted' && status !== 'running' });
  };

  it('is one client with all the devices that are in it', async () => {
    await lab.agent.start('login-1');
    clientId = await lab.agent.clientId();
    const documents = await Promise.all(devices.map(({ id }) => lab.wire.device(id)));
    expect(documents.map(({ model }) => model.formFactor)).toEqual(['video-bar', 'speakerphone', 'headset']);
    expect(lab.wire.latest('client')).toMatchObject({ clientId, clientName: 'Room 12', mode: 'room' });
  });

  it('gets settings at once, in the middle of a login session, whatever the policy says', async () => {
    await lab.platform.changePolicy({ applySettings: 'next-login' });
    const revision = await lab.platform.publish(bar.id, { zoomMode: { value: 'activeSpeaker', locked: true } });
    const { settings } = await lab.wire.device(bar.id, (document) => document.settings.appliedRevision === revision);
    expect(settings).toMatchObject({ state: 'in-sync', values: { zoomMode: 'activeSpeaker' }, locked: ['zoomMode'] });
    expect(lab.wire.said('devices', { id: bar.id }).filter((document) => document.settings.state === 'pending-login')).toEqual([]);
  });

  it('puts a locked setting back that somebody in the room changed', async () => {
    const after = lab.wire.mark();
    await lab.bus.set(bar.serial, 'zoomMode', 'fullScreen');
    await lab.bus.holds(bar.serial, 'zoomMode', 'activeSpeaker', 2000);
    expect(await lab.wire.event('settings.lock-enforced', { after })).toMatchObject({ deviceId: bar.id });
  });

  it('has no device rebooted in a call, and has it rebooted after', async () => {
    await lab.bus.press(speaker.serial, 'line-busy');
    expect(await endOf('reboot-device', speaker.id)).toMatchObject({ status: 'rejected', error: { code: 'in-call' } });
    // The call is on the speakerphone; the bar beside it is free.
    expect(await endOf('reboot-device', bar.id)).toMatchObject({ status: 'succeeded' });
    await lab.bus.press(speaker.serial, 'line-busy');
    expect(await endOf('reboot-device', speaker.id)).toMatchObject({ status: 'succeeded' });
    expect([(await lab.bus.device(bar.serial)).reboots, (await lab.bus.device(speaker.serial)).reboots]).toEqual([1, 1]);
  });

  it('gets firmware in its hour of the week only, without asking anybody', { timeout: 90_000 }, async () => {
    const { version, content, sha256, size } = firmwarePackage({ version: '2.60.0', dfuProductIds: [0x24ef] });
    const url = server.put('/speak2-75.zip', { content });
    await lab.platform.changePolicy({ updateWindow: hourFrom(120) });
    await lab.platform.publish(speaker.id, {}, { management: 'managed', keepUpdated: true, version, package: { url, sha256, size } });
    const waiting = await lab.wire.device(speaker.id, ({ firmware }) => firmware.status === 'pending' && firmware.reason === 'outside-window');
    expect(waiting.firmware).toMatchObject({ targetVersion: '2.60.0' });
    expect(await lab.bus.device(speaker.serial)).toMatchObject({ version: '2.54.0' });
    await lab.platform.changePolicy({ updateWindow: hourFrom(-10) });
    await lab.wire.device(speaker.id, ({ firmware }) => firmware.status === 'latest', { ms: 60_000 });
    expect(await lab.bus.device(speaker.serial)).toMatchObject({ version: '2.60.0' });
  });

  it('tells what happened in it, in order', async () => {
    await lab.wire.event('firmware.updated');
    const story = told(await lab.platform.events());
    const of = ({ id }: { readonly id: string }): string[] => story.filter((line) => line.endsWith(id)).map((line) => line.slice(0, -id.length - 1));
    expect(story[0]).toBe('agent.started');
    expect(of(bar)).toEqual(['device.connected', 'settings.applied', 'settings.lock-enforced', 'device.disconnected', 'device.connected']);
    expect(of(speaker)).toEqual([
      'device.connected',
      'device.disconnected',
      'device.connected',
      'settings.applied',
      // That it restarts is part of the update.
      'firmware.started',
      'firmware.updated',
    ]);
    expect(of(controller)).toEqual(['device.connected']);
  });
});
