import { hostname, networkInterfaces, userInfo } from 'node:os';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { PlatformByHand } from '../lab/platform-by-hand.ts';
import { describeOnBothBrokers, RealLab, startRealLab } from '../lab/real-lab.ts';
import { describeWith } from '../lab/requirements.ts';

vi.setConfig({ testTimeout: 90_000 });

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';
const all = { userName: true, computer: true, location: true };
const none = { userName: false, computer: false, location: false };

describeOnBothBrokers('a group of metadata', (broker) => {
  let lab: RealLab;
  let clientId = '';
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
    await lab.agent.start('login-1');
    await lab.wire.until('client', { where: ({ metadata }) => metadata?.userName !== undefined && metadata.computer !== undefined });
    clientId = await lab.agent.clientId();
  });
  afterAll(() => lab?.stop());

  /** As somebody finds it who subscribes only now. */
  const retained = async (): Promise<unknown> => JSON.parse(await lab.platform.retained(clientId, 'client'));

  it('that is switched off while the agent is away is gone with its first word', async () => {
    await lab.agent.kill();
    await lab.platform.changePolicy({ metadata: none });
    expect(await retained()).toHaveProperty('metadata.userName', userInfo().username);
    const after = lab.wire.mark();
    await lab.agent.start('login-2');
    expect(await retained()).not.toHaveProperty('metadata');
    expect(lab.wire.said('client', { after }).filter((client) => 'metadata' in client)).toEqual([]);
  });

  it('that is switched on and off faster than it can be told stays off', async () => {
    for (let round = 0; round < 5; round += 1) {
      await lab.platform.changePolicy({ metadata: all });
      await lab.platform.changePolicy({ metadata: none });
    }
    // A command is taken after all of them; what it is answered may overtake a document.
    const id = await lab.platform.command(clientId, { type: 'refresh' });
    await lab.wire.until('results', { id, where: ({ status }) => status === 'succeeded' });
    await expect.poll(retained, { timeout: 20_000 }).not.toHaveProperty('metadata');
    const after = lab.wire.mark();
    await lab.agent.logIn('login-3');
    expect(await retained()).not.toHaveProperty('metadata');
    expect(lab.wire.said('client', { after }).filter((client) => 'metadata' in client)).toEqual([]);
  });

  it('is removed from what a room tells as well', async () => {
    await lab.agent.stop();
    await lab.agent.configure({ mode: 'room' });
    await lab.platform.changePolicy({ metadata: all });
    await lab.agent.start('login-4');
    await lab.wire.until('client', { where: ({ mode, metadata }) => mode === 'room' && metadata?.computer !== undefined });
    const after = lab.wire.mark();
    await lab.platform.changePolicy({ metadata: { computer: false } });
    const { metadata } = await lab.wire.until('client', { after, ms: 2_000 });
    expect(metadata).toEqual({ userName: userInfo().username });
    expect(await retained()).toHaveProperty('metadata', { userName: userInfo().username });
  });
});

describeWith(mosquittoTools, 'a group that is switched off', () => {
  let lab: RealLab<PlatformByHand>;
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await PlatformByHand.start(), devices: [`evolve2-75:${serial}`] });
    await lab.agent.start('login-1');
    await lab.wire.until('client', { where: ({ metadata }) => metadata?.userName !== undefined && metadata.computer !== undefined });
  });
  afterAll(() => lab?.stop());

  const retained = async (): Promise<unknown> => JSON.parse(await lab.platform.retained(await lab.agent.clientId(), 'client'));

  it('while the broker is away goes with the first document after it is back', async () => {
    const after = lab.wire.mark();
    await lab.platform.interrupt();
    const changed = lab.platform.changePolicy({ metadata: none });
    await lab.platform.resume();
    await changed;
    await lab.wire.until('client', { after, where: (client) => !('metadata' in client) });
    expect(await retained()).not.toHaveProperty('metadata');
  });

  /** Names and addresses of this computer, where no word of a message has them by chance. */
  function planted(): readonly string[] {
    const addresses = Object.values(networkInterfaces()).flatMap((found) =>
      (found ?? []).flatMap(({ internal, address }) => (internal ? [] : address)),
    );
    return [...addresses, hostname(), `/home/${userInfo().username}`, userInfo().homedir].filter((value) => value.length > 4);
  }

  it('is in nothing else that is sent: not in events, not in errors, whatever the platform sends', async () => {
    const after = lab.wire.texts.length;
    const clientId = await lab.agent.clientId();
    const prefix = `jabra/v1/acme/${clientId}`;
    const [first = 'none', second = 'none'] = planted();
    await lab.platform.publishRaw(`${prefix}/desired/${deviceId}`, `{"schema":"desired/1","who":"${first}"}`, { retain: true });
    await lab.platform.publishRaw(`${prefix}/commands`, `{"schema":"command/1","id":"${second}"}`);
    await lab.wire.event('contract.violation');
    await lab.bus.fault(serial, 'timeout', 3);
    const id = await lab.platform.command(clientId, { type: 'refresh' });
    await lab.wire.until('results', { id, where: ({ status }) => status !== 'accepted' && status !== 'running' });
    await lab.agent.stop();
    await lab.agent.start('login-2');
    const said = lab.wire.texts.slice(after).join('\n');
    expect(said).toContain('contract.violation');
    for (const value of planted()) expect(said).not.toContain(value);
  });
});
