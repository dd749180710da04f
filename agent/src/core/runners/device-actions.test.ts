import { faults, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { timestamp } from '../../contract/index.ts';
import { childId, dongleId, FirmwareLab, headsetId } from '../firmware/testing/firmware-lab.ts';
import { AgentLab } from '../testing/agent-lab.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

/** An agent with a headset, and what it answered to a command: `status`, its percent where it has one, its code where it failed. */
async function withHeadset(): Promise<{
  readonly lab: AgentLab;
  readonly headset: VirtualDevice;
  readonly say: (id: string, type: string, device?: string) => void;
}> {
  const lab = new AgentLab();
  const headset = lab.plug('evolve2-75', serial);
  await lab.start();
  const say = (id: string, type: string, device?: string): void => {
    const expiresAt = timestamp(lab.clock.now() + 3_600_000);
    lab.platform.send('commands', { id, expiresAt, type, params: {}, ...(device === undefined ? {} : { deviceId: device }) });
  };
  return { lab, headset, say };
}

const answers = (lab: AgentLab, id: string): string[] =>
  lab.platform.received('results', id).map(({ status, error }) => [status, ...(error ? [error.code] : [])].join(' '));

describe('reboot-device', () => {
  it('starts the device anew and is done when it is back', async () => {
    const { lab, headset, say } = await withHeadset();
    say('c-1', 'reboot-device', deviceId);
    await lab.clock.advance(1000);
    expect(answers(lab, 'c-1')).toEqual(['accepted', 'running']);
    expect(lab.platform.retainedOf('devices', deviceId)?.connection.status).toBe('disconnected');
    await lab.clock.advance(5000);
    expect(answers(lab, 'c-1')).toEqual(['accepted', 'running', 'succeeded']);
    expect(headset.state.reboots).toBe(1);
    expect(lab.platform.eventTypes.slice(-2)).toEqual(['device.disconnected', 'device.connected']);
    await lab.stop();
  });

  it('says how far it is when it is repeated meanwhile, and runs once', async () => {
    const { lab, headset, say } = await withHeadset();
    say('c-1', 'reboot-device', deviceId);
    await lab.clock.advance(1000);
    say('c-1', 'reboot-device', deviceId);
    await lab.clock.advance(5000);
    expect(answers(lab, 'c-1')).toEqual(['accepted', 'running', 'running', 'succeeded']);
    expect(headset.state.reboots).toBe(1);
    await lab.stop();
  });

  it('fails where the device does not come back', async () => {
    const { lab, headset, say } = await withHeadset();
    say('c-1', 'reboot-device', deviceId);
    await lab.clock.advance(1000);
    lab.bus.unplug(headset);
    await lab.clock.advance(130_000);
    expect(answers(lab, 'c-1')).toEqual(['accepted', 'running', 'failed device-timeout']);
    await lab.stop();
  });

  it('fails where the device does not answer, or refuses', async () => {
    const { lab, headset, say } = await withHeadset();
    headset.behave(faults.timeout(100));
    say('c-1', 'reboot-device', deviceId);
    await lab.clock.advance(30_000);
    expect(answers(lab, 'c-1')).toEqual(['accepted', 'failed device-timeout']);
    await lab.stop();
  });

  it('of a headset behind a dongle restarts the headset and leaves the dongle', async () => {
    const lab = new AgentLab();
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
    const dongle = lab.plug('link-380', '70BF92000003', child);
    await lab.start();
    const id = lab.agent.documents().find(({ connection }) => connection.parentDeviceId !== null)?.deviceId ?? '';
    lab.platform.send('commands', { id: 'c-1', expiresAt: timestamp(lab.clock.now() + 60_000), type: 'reboot-device', deviceId: id, params: {} });
    await lab.clock.advance(10_000);
    expect(answers(lab, 'c-1')).toEqual(['accepted', 'running', 'succeeded']);
    expect([child.state.reboots, dongle.state.reboots]).toEqual([1, 0]);
    await lab.stop();
  });
});

describe('identify-device', () => {
  it('makes the device show itself', async () => {
    const { lab, headset, say } = await withHeadset();
    say('c-1', 'identify-device', deviceId);
    await lab.clock.advance(1000);
    expect(answers(lab, 'c-1')).toEqual(['succeeded']);
    expect(headset.state.identified).toBe(1);
    await lab.stop();
  });
});

describe('a command to do something with a device', () => {
  it.each(['reboot-device', 'identify-device'])('says why it cannot: %s', async (type) => {
    const { lab, headset, say } = await withHeadset();
    say('c-1', type);
    say('c-2', type, '24da-nobody');
    lab.bus.unplug(headset);
    await lab.clock.advance(1000);
    say('c-3', type, deviceId);
    await lab.clock.advance(1000);
    expect(['c-1', 'c-2', 'c-3'].map((id) => answers(lab, id))).toEqual([
      ['rejected not-supported'],
      ['failed unknown-device'],
      ['failed device-disconnected'],
    ]);
    await lab.stop();
  });

  it.each(['reboot-device', 'identify-device'])('is rejected for a product that the catalogue does not know: %s', async (type) => {
    const lab = new AgentLab();
    const unknown = virtualDevice({ family: 'evolve2-75', serial, productId: 0x7777 });
    lab.bus.plug(unknown);
    await lab.start();
    const [document] = lab.agent.documents();
    lab.platform.send('commands', {
      id: 'c-1',
      expiresAt: timestamp(lab.clock.now() + 60_000),
      type,
      deviceId: document?.deviceId ?? '',
      params: {},
    });
    await lab.clock.advance(2000);
    expect(document?.model.family).toBe('unknown');
    expect(answers(lab, 'c-1')).toEqual(['rejected not-supported']);
    expect([unknown.state.reboots, unknown.state.identified]).toEqual([0, 0]);
    await lab.stop();
  });
});

describe('a device that is being updated', () => {
  it.each(['reboot-device', 'identify-device'])('is left alone: %s', async (type) => {
    const rig = new FirmwareLab();
    rig.headset();
    await rig.lab.start();
    rig.policy({});
    await rig.clock.advance(1000);
    rig.desire(rig.offer({ bytes: 60_000 }));
    await rig.clock.advance(5000);
    expect(rig.document().firmware.status).toBe('updating');
    rig.lab.platform.send('commands', { id: 'c-1', expiresAt: timestamp(rig.clock.now() + 60_000), type, deviceId: headsetId, params: {} });
    await rig.clock.advance(1000);
    expect(answers(rig.lab, 'c-1')).toEqual(['rejected busy']);
    await rig.clock.advance(60_000);
    expect(rig.document().firmware.status).toBe('latest');
    await rig.lab.stop();
  });

  it('keeps the dongle before it from a reboot, and is kept by it', async () => {
    const rig = new FirmwareLab();
    rig.dongle();
    await rig.lab.start();
    rig.policy({});
    await rig.clock.advance(1000);
    rig.desire(rig.offer({ bytes: 60_000 }), childId);
    await rig.clock.advance(5000);
    expect(rig.document(childId).firmware.status).toBe('updating');
    rig.lab.platform.send('commands', {
      id: 'c-1',
      expiresAt: timestamp(rig.clock.now() + 60_000),
      type: 'reboot-device',
      deviceId: dongleId,
      params: {},
    });
    await rig.clock.advance(1000);
    expect(answers(rig.lab, 'c-1')).toEqual(['rejected busy']);
    await rig.clock.advance(60_000);
    expect(rig.document(childId).firmware.status).toBe('latest');
    await rig.lab.stop();
  });
});

describe('a call', () => {
  it('on a dongle keeps the headset behind it from a reboot, and the other way round', async () => {
    const lab = new AgentLab();
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
    lab.plug('link-380', '70BF92000003', child);
    await lab.start();
    const ids = lab.agent.documents().map((document) => document.deviceId);
    child.press('hook');
    await lab.clock.advance(100);
    for (const [index, id] of ids.entries())
      lab.platform.send('commands', {
        id: `c-${index}`,
        expiresAt: timestamp(lab.clock.now() + 60_000),
        type: 'reboot-device',
        deviceId: id,
        params: {},
      });
    await lab.clock.advance(200);
    expect([answers(lab, 'c-0'), answers(lab, 'c-1')]).toEqual([['rejected in-call'], ['rejected in-call']]);
    expect(child.state.reboots).toBe(0);
    await lab.stop();
  });
});
