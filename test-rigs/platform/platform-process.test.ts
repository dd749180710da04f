import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { encode, payloadExamples } from '@jpd/agent/contract';
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { readDataFolder } from './data-folder/data-folder.ts';
import { device, exampleDeviceId, online } from './testing/bodies.ts';
import { FakeAgent } from './testing/live.ts';
import { preparedDataFolder } from '../lab/prepared-data.ts';

const program = fileURLToPath(new URL('../bin/jabra-platform.js', import.meta.url));
const token = 'token-of-the-test';
const readyLine = /^ready (mqtt:\/\/127\.0\.0\.1:\d+) (http:\/\/127\.0\.0\.1:\d+)\n/;

/** The built program, as a user runs it. */
class Served {
  readonly process: ChildProcess;
  out = '';
  errors = '';
  readonly exit: Promise<number | string>;

  constructor(folder: string) {
    this.process = spawn(process.execPath, [program, 'serve', '--data', folder, '--enrollment-token', token], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (data: Buffer) => (this.out += data.toString()));
    this.process.stderr?.on('data', (data: Buffer) => (this.errors += data.toString()));
    this.exit = once(this.process, 'close').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? 'unknown');
  }

  /** Resolves with both addresses; rejects where it ended instead. */
  async ready(): Promise<{ readonly mqttUrl: string; readonly httpUrl: string }> {
    const ended = this.exit.then((how) => {
      throw new Error(`it ended with ${how} before it was ready: ${this.errors}`);
    });
    for (;;) {
      const [, mqttUrl, httpUrl] = readyLine.exec(this.out) ?? [];
      if (mqttUrl !== undefined && httpUrl !== undefined) return { mqttUrl, httpUrl };
      if (this.process.stdout === null) throw new Error('no standard output');
      await Promise.race([once(this.process.stdout, 'data'), ended]);
    }
  }
}

let folder: string;
const started: Served[] = [];
beforeEach(async () => {
  folder = await preparedDataFolder();
});
afterEach(async () => {
  for (const served of started.splice(0)) {
    served.process.kill('SIGKILL');
    await served.exit;
  }
  await rm(folder, { recursive: true, force: true });
});

function serve(): Served {
  const served = new Served(folder);
  started.push(served);
  return served;
}

async function connect(mqttUrl: string): Promise<FakeAgent> {
  const client = await mqtt.connectAsync(
    mqttUrl,
    { protocolVersion: 4, clientId: 'pc-1', username: 'acme/pc-1', password: token, reconnectPeriod: 0 },
    false,
  );
  client.on('error', () => undefined);
  return new FakeAgent(client, 'acme', 'pc-1');
}

async function api(httpUrl: string, path: string): Promise<unknown> {
  const { credentials } = await readDataFolder(folder);
  const response = await fetch(`${httpUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${credentials?.adminToken}` } });
  return response.json();
}

function eventId(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

function acknowledgedTo(agent: FakeAgent): string[] {
  return agent.received.filter((one) => one.topic === agent.topics.acks).flatMap((one) => (one.body as { ids: string[] }).ids);
}

describe('jabra-platform serve', () => {
  it('prints one line when it is ready, and ends cleanly within 5 s when asked to', async () => {
    const served = serve();
    const { httpUrl, mqttUrl } = await served.ready();
    expect(await (await fetch(`${httpUrl}/healthz`)).json()).toEqual({ status: 'ok' });
    expect((await readDataFolder(folder)).endpoint).toEqual({ mqttUrl, httpUrl, pid: served.process.pid });
    const agent = await connect(mqttUrl);
    const asked = performance.now();
    served.process.kill('SIGTERM');
    expect(await served.exit).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(served.out).toBe(`ready ${mqttUrl} ${httpUrl}\n`);
    await expect(access(join(folder, 'endpoint.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    await agent.end(false);
  });

  it('ends when it is asked to while it starts, and starts the next time', async () => {
    const first = serve();
    await once(first.process, 'spawn');
    // Signals are handled from the first lines of the program on; before, the process simply is gone.
    first.process.kill('SIGINT');
    expect([0, 'SIGINT']).toContain(await first.exit);
    expect(first.out).toBe('');
    await serve().ready();
  });

  it('works alone on a folder', async () => {
    await serve().ready();
    const second = serve();
    expect(await second.exit).toBe(1);
    expect(second.out).toBe('');
    expect(second.errors).toMatch(/^jabra-platform: another jabra-platform works on [^\n]+\n$/);
  });

  it('that is killed has kept all that it acknowledged', async () => {
    const acknowledged = new Set<string>();
    for (let round = 0; ; round += 1) {
      const served = serve();
      const { mqttUrl, httpUrl } = await served.ready();
      const { events } = (await api(httpUrl, '/events?limit=1000')) as { events: { event: { id: string } }[] };
      const ids = events.map((one) => one.event.id);
      expect(ids).toEqual(expect.arrayContaining([...acknowledged]));
      expect(new Set(ids).size).toBe(ids.length);
      if (round > 0) expect(await api(httpUrl, `/devices/${exampleDeviceId}`)).toMatchObject({ document: { revision: 99 + round } });
      if (round === 2) return;

      const agent = await connect(mqttUrl);
      await agent.subscribe(agent.topics.acks);
      await agent.presence(online());
      await agent.device(device({ revision: 100 + round }));
      const bodies = Array.from({ length: 100 }, (_, index) => ({ ...payloadExamples.events, id: eventId(round * 100 + index) }));
      const publishing = Promise.allSettled(bodies.map((body) => agent.publish(agent.topics.events, encode('events', body, 0))));
      // In the middle of its work: as soon as the first acknowledgement is out.
      await agent.waitFor((one) => one.topic === agent.topics.acks);
      served.process.kill('SIGKILL');
      expect(await served.exit).toBe('SIGKILL');
      await agent.end(false);
      await publishing;
      for (const id of acknowledgedTo(agent)) acknowledged.add(id);
      expect(acknowledged.size).toBeGreaterThan(0);
    }
  }, 120_000);
});
