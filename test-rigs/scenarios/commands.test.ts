import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { PlatformByHand } from '../lab/platform-by-hand.ts';
import { describeOnBothBrokers, RealLab, startRealLab } from '../lab/real-lab.ts';
import { describeWith } from '../lab/requirements.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

describeOnBothBrokers('a command', (broker) => {
  let lab: RealLab;
  let clientId: string;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
    await lab.agent.start('login-1');
    await lab.wire.device(deviceId);
    clientId = await lab.agent.clientId();
  });
  afterAll(() => lab?.stop());

  async function resultOf(type: string, device?: string) {
    const id = await lab.platform.command(clientId, { type, ...(device === undefined ? {} : { deviceId: device }) });
    return lab.wire.until('results', { id, where: ({ status }) => status !== 'accepted' && status !== 'running' });
  }

  it('refresh reads the devices again, all or one', async () => {
    expect(await resultOf('refresh')).toMatchObject({ status: 'succeeded' });
    expect(await resultOf('refresh', deviceId)).toMatchObject({ status: 'succeeded' });
    expect(await resultOf('refresh', '24da-nobody')).toMatchObject({ status: 'failed', error: { code: 'unknown-device' } });
  });

  it('of a type that nobody knows is rejected', async () => {
    expect(await resultOf('brew-coffee')).toMatchObject({ status: 'rejected', error: { code: 'not-supported' } });
  });

  it('forget-device empties the topic of a device that is gone, and lets it come back', async () => {
    await lab.unplug(serial, deviceId);
    const after = lab.wire.mark();
    expect(await resultOf('forget-device', deviceId)).toMatchObject({ status: 'succeeded' });
    await lab.wire.emptied('devices', deviceId, after);
    expect(await resultOf('forget-device', deviceId)).toMatchObject({ status: 'failed', error: { code: 'unknown-device' } });
    expect(await lab.plug(serial, deviceId)).toMatchObject({ electronicSerialNumber: serial });
  });
});

describeWith(mosquittoTools, 'a command over MQTT 5', () => {
  let lab: RealLab<PlatformByHand>;
  let clientId: string;
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await PlatformByHand.start(), devices: [`evolve2-75:${serial}`] });
    await lab.agent.start('login-1');
    await lab.wire.device(deviceId);
    clientId = await lab.agent.clientId();
  });
  afterAll(() => lab?.stop());

  it('runs once, and its result is sent again when it is repeated, over a restart as well', async () => {
    const forget = { id: randomUUID(), type: 'forget-device', deviceId };
    const succeeded = async (after: number) =>
      expect(await lab.wire.until('results', { id: forget.id, after })).toMatchObject({ status: 'succeeded' });
    await lab.unplug(serial, deviceId);
    await lab.platform.commandRaw(clientId, forget);
    await lab.wire.emptied('devices', deviceId);
    await succeeded(0);
    await lab.plug(serial, deviceId);

    const after = lab.wire.mark();
    await lab.platform.commandRaw(clientId, forget);
    await succeeded(after);
    const afterRestart = lab.wire.mark();
    await lab.agent.logIn('login-2');
    await lab.platform.commandRaw(clientId, forget);
    await succeeded(afterRestart);
    expect(lab.wire.said('results', { id: forget.id })).toHaveLength(3);
    // What is told of it after the restart goes its own way.
    await lab.wire.device(deviceId, undefined, { after: afterRestart });
    expect(lab.wire.latest('devices', deviceId)).toMatchObject({ connection: { status: 'connected' } });
  });

  it('that has expired is answered so, and does nothing', async () => {
    const after = lab.wire.mark();
    const id = randomUUID();
    await lab.platform.commandRaw(clientId, { id, type: 'forget-device', deviceId, expiresAt: new Date(Date.now() - 1_000).toISOString() });
    expect(await lab.wire.until('results', { id })).toMatchObject({ status: 'expired' });
    expect(lab.wire.heard.slice(after).filter(({ kind }) => kind === 'devices')).toEqual([]);
  });

  it('is answered on its response topic as well, where that is its own', async () => {
    const { organizationId } = lab.platform;
    const [own, foreign] = [randomUUID(), randomUUID()];
    await lab.platform.commandRaw(
      clientId,
      { id: foreign, type: 'refresh' },
      { responseTopic: `jabra/v1/${organizationId}/somebody-else/answers/1` },
    );
    await lab.wire.until('results', { id: foreign });
    const responseTopic = `jabra/v1/${organizationId}/${clientId}/answers/1`;
    await lab.platform.commandRaw(clientId, { id: own, type: 'refresh' }, { responseTopic, correlationData: Buffer.from('call 7') });
    const answer = await lab.platform.answerOn(responseTopic);
    expect(answer.correlationData).toBe('call 7');
    expect(JSON.parse(answer.payload)).toMatchObject({ schema: 'result/1', commandId: own, status: 'succeeded' });
    expect(lab.platform.answers).toHaveLength(1);
  });
});
