import { describe, expect, it } from 'vitest';
import { AgentLab } from './testing/agent-lab.ts';

const deviceId = '24da-70bf92000001';
const policy = {
  revision: 1,
  metadata: { userName: true, computer: true, location: true },
  applySettings: 'next-login' as const,
  endUserSettings: 'allowed' as const,
  postponeLimit: 3,
  logLevel: 'info' as const,
  revoked: false,
};
const desired = (revision: number, settings: Record<string, { value: string | number | boolean; locked: boolean }>) => ({
  revision,
  source: { kind: 'device' as const, id: 'cfg-1', name: 'Contact centre' },
  settings,
  firmware: { management: 'unmanaged' as const },
});

describe('the main job', () => {
  it('tells the platform of a plugged headset with model, serial, firmware and battery', async () => {
    const lab = new AgentLab();
    lab.plug('evolve2-75', '70BF92000001');
    await lab.start();
    const document = lab.platform.latest('devices', deviceId);
    expect(document).toMatchObject({
      electronicSerialNumber: '70BF92000001',
      model: { productId: 0x24da, family: 'evolve2-75', formFactor: 'headset' },
      battery: { level: 80, charging: false, low: false },
      connection: { status: 'connected', transport: 'usb' },
    });
    expect(lab.platform.received('events').map(({ type }) => type)).toEqual(['agent.started', 'device.connected']);
    await lab.stop();
    expect(lab.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('applies a locked setting at the next login, keeps it there and says so', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', '70BF92000001');
    await lab.start();
    lab.platform.send('policy', policy);
    lab.platform.send('desired', desired(7, { sidetoneLevel: { value: -6, locked: true } }), deviceId);
    await lab.clock.advance(3000);
    expect(lab.platform.latest('devices', deviceId)?.settings).toMatchObject({ state: 'pending-login', desiredRevision: 7, appliedRevision: null });
    expect(headset.writes).toBe(0);

    await lab.restart({ loginSessionId: 'login-2' });
    expect(lab.platform.latest('devices', deviceId)?.settings).toMatchObject({ state: 'in-sync', appliedRevision: 7, locked: ['sidetoneLevel'] });
    expect(headset.writes).toBe(1);

    headset.setLocally('sidetoneLevel', 3);
    await lab.clock.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    expect(lab.platform.received('events').map(({ type }) => type)).toContain('settings.lock-enforced');
    await lab.stop();
  });
});
