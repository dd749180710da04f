import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { PlatformByHand } from '../lab/platform-by-hand.ts';
import { RealLab } from '../lab/real-lab.ts';
import { ReferencePlatform } from '../lab/reference-platform.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';

const devices = ['evolve2-75:70BF92000001'];
/** Contract 1: the broker (5) or the platform (3.1.1) waits 30 s before it takes a client for lost. */
const willDelayMs = 30_000;
const patience = willDelayMs + 10_000;

describe('an agent that was killed, on the embedded platform', () => {
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

describeWith(mosquittoTools, 'an agent that was killed, on Mosquitto', () => {
  let lab: RealLab<PlatformByHand>;
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await PlatformByHand.start(), devices });
  });
  afterAll(() => lab?.stop());

  it('is not taken for lost when it comes back soon, and is when it stays away', { timeout: patience + 20_000 }, async () => {
    await lab.agent.start('login-1');
    const first = lab.wire.latest('presence')?.sessionId;
    await lab.agent.kill();
    const back = lab.wire.mark();
    await lab.agent.start('login-1');
    const second = lab.wire.latest('presence')?.sessionId;
    expect(second).not.toBe(first);

    const killedAt = performance.now();
    await lab.agent.kill();
    const will = await lab.wire.until('presence', { after: back, where: ({ state }) => state === 'offline', ms: patience });
    expect(will).toMatchObject({ reason: 'connection-lost', sessionId: second });
    expect(performance.now() - killedAt).toBeGreaterThan(willDelayMs - 2_000);

    await lab.agent.start('login-1');
    const clientId = await lab.agent.clientId();
    const online = await eventually('presence online', async () => {
      const retained: unknown = JSON.parse(await lab.platform.retained(clientId, 'presence'));
      return retained;
    });
    expect(online).toMatchObject({ state: 'online', reason: 'connected' });
  });
});
