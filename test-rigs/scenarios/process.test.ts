import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentEvent, deviceSchema } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { run } from '../lab/processes.ts';
import { RealLab } from '../lab/real-lab.ts';
import { ReferencePlatform } from '../lab/reference-platform.ts';
import { eventually } from '../lab/waiting.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';
const dongle = '24c7-50c275000001';
const child = '24b3-70bf92000002';
/** Contract cli-v1: a signal ends the agent within 5 s. */
const endMs = 5_000;

/** A platform that is started anew reads its database, on a machine that may be busy. */
const withRestart = { timeout: 90_000 };

describe('jabra-agent', () => {
  let lab: RealLab<ReferencePlatform>;
  beforeAll(async () => {
    const devices = [`evolve2-75:${serial}`, 'link-380:50C275000001+evolve2-65:70BF92000002'];
    lab = await RealLab.start({ platform: await ReferencePlatform.start(), devices });
  });
  afterAll(() => lab?.stop());

  const listed = async () => {
    const { code, out, err } = await lab.agent.command('devices', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return z.object({ devices: z.array(deviceSchema) }).parse(JSON.parse(out)).devices;
  };

  it('devices lists what is connected, without touching the state of the agent', async () => {
    const devices = await listed();
    expect(devices.map((device) => device.deviceId).toSorted()).toEqual([child, dongle, deviceId]);
    expect(devices.find((device) => device.deviceId === deviceId)).toMatchObject({
      electronicSerialNumber: serial,
      firmware: { version: '1.8.13' },
      battery: { level: 80 },
      settings: { values: { sidetoneLevel: 0 } },
    });
    expect(existsSync(join(lab.agent.stateDir, 'store'))).toBe(false);
  });

  it('run waits for a broker and a bus that are not there yet', withRestart, async () => {
    await lab.bus.stop();
    await lab.platform.interrupt();
    const agent = lab.agent.launch('login-1');
    await agent.tells(/cannot be reached/);
    await lab.platform.resume();
    await lab.wire.until('presence', { where: ({ state }) => state === 'online' });
    await lab.bus.start();
    expect(await Promise.all([deviceId, dongle, child].map((id) => lab.wire.device(id)))).toMatchObject([
      { connection: { status: 'connected' }, battery: { level: 80 } },
      { connection: { status: 'connected' } },
      { connection: { status: 'connected' }, battery: { level: 80 } },
    ]);
    expect(agent.end).toBeNull();
  });

  it('run takes a bus that goes for its devices unplugged, and finds them again', async () => {
    const after = lab.wire.mark();
    await lab.bus.stop();
    await lab.wire.device(deviceId, ({ connection }) => connection.status === 'disconnected', { after });
    const gone = lab.wire.mark();
    await lab.bus.start();
    const back = [deviceId, dongle, child].map((id) => lab.wire.device(id, ({ connection }) => connection.status === 'connected', { after: gone }));
    expect((await Promise.all(back)).map(({ electronicSerialNumber }) => electronicSerialNumber)).toEqual([serial, '50C275000001', '70BF92000002']);
  });

  it('devices lists the same beside a running agent, which goes on undisturbed', async () => {
    const known = await lab.wire.device(deviceId);
    // A document and its event go their own ways: both are awaited, the documents by the test before.
    const ofChild = (event: AgentEvent) => 'deviceId' in event && event.deviceId === child;
    await eventually('it was told that the headset is back on its dongle', () => lab.wire.said('events', { where: ofChild }).length === 3);
    const after = lab.wire.mark();
    const device = (await listed()).find((one) => one.deviceId === deviceId);
    expect(device).toMatchObject({ model: known.model, connection: { status: 'connected' }, settings: { values: known.settings.values } });
    expect(lab.wire.heard.slice(after)).toEqual([]);
  });

  it('run keeps a second one off its state folder', async () => {
    const second = await lab.agent.command('run', '--login-session', 'login-9');
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.err.trim().split('\n')).toHaveLength(1);
    expect(second.err).toContain(lab.agent.stateDir);
    expect(second.err).toContain(String(lab.agent.running.pid));
    expect(lab.agent.running.end).toBeNull();
  });

  it('run ends within 5 s of a SIGTERM, and says goodbye', async () => {
    const after = lab.wire.mark();
    const since = performance.now();
    expect(await lab.agent.stop()).toMatchObject({ code: 0, signal: null, out: '' });
    expect(performance.now() - since).toBeLessThan(endMs);
    expect(lab.wire.said('presence', { after })).toMatchObject([{ state: 'offline', reason: 'shutdown' }]);
    expect(lab.wire.said('events', { after })).toMatchObject([{ type: 'agent.stopped' }]);
  });

  it('run is not kept from starting by what a killed one left, and ends on a SIGINT as well', async () => {
    await lab.agent.start('login-2');
    await lab.agent.kill();
    await lab.agent.start('login-2');
    const after = lab.wire.mark();
    expect(await lab.agent.stop('SIGINT')).toMatchObject({ code: 0, signal: null });
    expect(lab.wire.said('presence', { after })).toMatchObject([{ state: 'offline', reason: 'shutdown' }]);
  });

  it('run ends within 5 s where the platform cannot be told, and tells it later', withRestart, async () => {
    await lab.agent.start('login-3');
    await lab.platform.interrupt();
    await lab.agent.running.tells(/cannot be reached/);
    const since = performance.now();
    expect(await lab.agent.stop()).toMatchObject({ code: 0, signal: null });
    expect(performance.now() - since).toBeLessThan(endMs);
    await lab.platform.resume();
    const after = lab.wire.mark();
    await lab.agent.start('login-4');
    expect(await lab.wire.event('agent.stopped', { after })).toMatchObject({ data: { reason: 'shutdown' } });
  });

  it('run does not show a token that is refused', async () => {
    await lab.agent.stop();
    await lab.agent.configure({ enrollmentToken: 'not-the-token-of-acme' });
    const refused = lab.agent.launch('login-5');
    await refused.tells(/not-authorized/);
    expect(await lab.agent.stop()).toMatchObject({ code: 0 });
    expect(refused.err).not.toContain('not-the-token-of-acme');
  });
});

describe('an unusable configuration', () => {
  let folder: string;
  let good: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jl-'));
    good = { organizationId: 'acme', enrollmentToken: 'tok', brokerUrl: 'mqtt://127.0.0.1:1', stateDir: join(folder, 'never') };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['an unknown key', { brokerURL: 'mqtt://127.0.0.1:1' }, [/brokerURL.*brokerUrl/]],
    ['a broker without TLS on another machine', { brokerUrl: 'mqtt://192.0.2.1:1883' }, [/brokerUrl/]],
    ['several problems', { organizationId: 'a/b', mode: 'desk', reconnect: { minMs: 'soon' } }, [/organizationId/, /mode/, /reconnect\.minMs/]],
    ['no broker', { brokerUrl: null }, [/brokerUrl.*missing/]],
  ])('ends the agent with a line for each problem and exit 2, and nothing else: %s', async (_, changes, lines) => {
    const file = join(folder, 'bad.json');
    await writeFile(file, JSON.stringify({ ...good, ...changes }));
    const commands = [['run'], ['devices', '--json']];
    for (const { code, out, err } of await Promise.all(commands.map((command) => run('jabra-agent', [...command, '--config', file])))) {
      expect({ code, out }).toEqual({ code: 2, out: '' });
      const said = err.trim().split('\n');
      expect(said).toHaveLength(lines.length);
      for (const line of lines) expect(said).toContainEqual(expect.stringMatching(line));
    }
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });

  it('is one that is not there, or is no JSON', async () => {
    const broken = join(folder, 'broken.json');
    await writeFile(broken, '{ "organizationId": ');
    const files = [join(folder, 'nowhere.json'), broken];
    const endings = await Promise.all(files.map((file) => run('jabra-agent', ['run', '--config', file])));
    for (const [index, { code, out, err }] of endings.entries()) {
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err.trim().split('\n')).toEqual([expect.stringContaining(files[index] ?? '')]);
    }
  });

  it('is none at all', async () => {
    expect(await run('jabra-agent', ['run'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--config') });
    expect(await run('jabra-agent', [])).toMatchObject({ code: 2, out: '' });
  });
});
