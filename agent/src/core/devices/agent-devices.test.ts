import { virtualDevice } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { AgentLab } from '../testing/agent-lab.ts';
import { desiredOf, policyOf } from '../testing/bodies.ts';

const deviceId = '24da-70bf92000001';
const dongleId = '24c7-50c275000001';
const childId = '24b3-70bf92000002';

const eventsOf = (lab: AgentLab, id: string): string[] =>
  lab.platform.received('events').flatMap((event) => ('deviceId' in event && event.deviceId === id ? [event.type] : []));

describe('the devices of an agent', () => {
  it('come to the platform as they come and go, children behind dongles too, each with one event', async () => {
    const lab = new AgentLab();
    await lab.start();
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
    const dongle = lab.plug('link-380', '50C275000001', child);
    await lab.clock.advance(1000);
    expect(lab.platform.retainedOf('devices', childId)?.connection).toMatchObject({
      status: 'connected',
      transport: 'dongle',
      parentDeviceId: dongleId,
    });
    dongle.detach();
    await lab.clock.advance(1000);
    expect(lab.platform.retainedOf('devices', childId)?.connection.status).toBe('disconnected');
    lab.bus.unplug(dongle);
    await lab.clock.advance(1000);
    expect(eventsOf(lab, childId)).toEqual(['device.connected', 'device.disconnected']);
    expect(eventsOf(lab, dongleId)).toEqual(['device.connected', 'device.disconnected']);
    await lab.stop();
    expect(lab.log.errors).toEqual([]);
  });

  it('that lost what they held while the agent was killed get it back at its start', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', '70BF92000001');
    await lab.start();
    lab.platform.send('policy', policyOf(1, { applySettings: 'immediately' }));
    lab.platform.send('desired', desiredOf(1, { sidetoneLevel: -6, ancLevel: 5 }), deviceId);
    await lab.clock.advance(1000);
    expect(headset.writes).toBe(2);
    await lab.kill();
    headset.powerCut();
    await lab.clock.advance(1000);
    await lab.start();
    expect(lab.platform.retainedOf('devices', deviceId)?.settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: -6, ancLevel: 5 } });
    expect(eventsOf(lab, deviceId)).toEqual(['device.connected', 'settings.applied', 'settings.applied']);
    expect(headset.writes).toBe(4);
    await lab.stop();
  });

  it('show their firmware’s state by the desired document at once, whatever their settings wait for', async () => {
    const lab = new AgentLab();
    lab.plug('evolve2-75', '70BF92000001');
    await lab.start();
    lab.platform.send('policy', policyOf(1));
    const { firmware: _unmanaged, ...rest } = desiredOf(1, { sidetoneLevel: -6 });
    lab.platform.send('desired', { ...rest, firmware: { management: 'managed', version: '1.11.7' } }, deviceId);
    await lab.clock.advance(1000);
    expect(lab.platform.retainedOf('devices', deviceId)).toMatchObject({
      firmware: { status: 'available', version: '1.8.13', targetVersion: '1.11.7' },
      settings: { state: 'pending-login' },
    });
    lab.platform.send('desired', { ...rest, revision: 2, firmware: { management: 'managed', version: '1.0.1' } }, deviceId);
    await lab.clock.advance(1000);
    expect(lab.platform.retainedOf('devices', deviceId)?.firmware).toMatchObject({ status: 'failed', error: { code: 'downgrade-refused' } });
    await lab.stop();
  });

  it('keep their locks while the platform is away, and tell of it when it is back', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', '70BF92000001');
    await lab.start();
    lab.platform.send('policy', policyOf(1, { applySettings: 'immediately' }));
    lab.platform.send('desired', desiredOf(1, { sidetoneLevel: { value: -6, locked: true } }), deviceId);
    await lab.clock.advance(1000);
    lab.platform.online = false;
    lab.platform.break();
    headset.setLocally('sidetoneLevel', 3);
    await lab.clock.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    expect(eventsOf(lab, deviceId)).not.toContain('settings.lock-enforced');
    lab.platform.online = true;
    await lab.clock.advance(120_000);
    expect(new Set(eventsOf(lab, deviceId))).toContain('settings.lock-enforced');
    await lab.stop();
  });
});
