import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { startPackageServer } from '../lab/packages/package-server.ts';
import { PlatformByHand } from '../lab/platform-by-hand.ts';
import { run } from '../lab/processes.ts';
import { RealLab } from '../lab/real-lab.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';

// Many short programs: each takes seconds on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

interface Entry {
  readonly at: string;
  readonly to: string;
  readonly kind: string;
  readonly topic: string | null;
  readonly bytes: number;
  readonly acknowledged: boolean;
  readonly payload: string | null;
  readonly groups: readonly string[];
  readonly summary: string;
}

interface Answer {
  readonly sent: readonly Entry[];
  readonly unreadable: number;
  readonly incompleteBefore: string | null;
}

describeWith(mosquittoTools, 'what was sent', () => {
  let lab: RealLab<PlatformByHand>;
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await PlatformByHand.start(), devices: [`evolve2-75:${serial}`] });
  });
  afterAll(() => lab?.stop());

  async function sent(): Promise<Answer> {
    const { code, out, err } = await lab.agent.command('sent', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as Answer;
  }

  /** As the platform's own subscriber heard it, oldest first. */
  const heard = (): string[] => lab.wire.texts;
  const told = ({ sent: entries }: Answer): string[] =>
    entries
      .filter(({ kind }) => !['connect', 'diagnostics'].includes(kind))
      .map(({ topic, payload }) => `${topic} ${payload}`)
      .toReversed();

  it('is nothing before the agent ever ran', async () => {
    expect(await lab.agent.command('sent')).toMatchObject({ code: 0, out: 'nothing was sent in the last 30 days\n', err: '' });
    expect(await sent()).toEqual({ sent: [], unreadable: 0, incompleteBefore: null });
  });

  it('is told beside the running agent, a second later at most', async () => {
    await lab.agent.start('login-1');
    await lab.wire.device(deviceId);
    await lab.wire.until('client', { where: ({ metadata }) => metadata?.userName !== undefined });
    const { sent: entries } = await eventually('the client document in the log', async () => {
      const answer = await sent();
      return answer.sent.some(({ groups }) => groups.includes('userName')) && answer;
    });
    expect(entries.findLast(({ kind }) => kind === 'connect')).toMatchObject({ to: `127.0.0.1:${lab.platform.port}`, acknowledged: true });
    expect(entries.find(({ kind }) => kind === 'devices')?.summary).toMatch(/^Evolve2 75: connected by USB, firmware 1\.8\.13, battery 80 %/);
    expect(entries.map(({ at }) => at)).toEqual(
      entries
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  it('names a file that was uploaded by its size and its host, and shows neither what is in it nor its whole address', async () => {
    const server = await startPackageServer();
    try {
      const url = server.put('/bundle', { content: new Uint8Array(), status: 201 });
      const upload = `${url}?sig=planted-signature`;
      const id = await lab.platform.command(await lab.agent.clientId(), { type: 'collect-diagnostics', params: { upload } });
      await lab.wire.until('results', { id, where: ({ status }) => status === 'succeeded', ms: 60_000 });
      const entry = await eventually('the file in the log', async () => (await sent()).sent.find(({ kind }) => kind === 'diagnostics'));
      const [request] = server.requestsFor('/bundle');
      expect(entry).toMatchObject({ to: new URL(url).host, bytes: request?.body.length, acknowledged: true, payload: null, topic: null });
      expect(JSON.stringify(entry)).not.toContain('planted-signature');
    } finally {
      await server.stop();
    }
  });

  it('is to the letter what reached the platform, all of it and nothing else', async () => {
    await lab.bus.battery(serial, 79);
    await lab.unplug(serial, deviceId);
    await lab.plug(serial, deviceId);
    await lab.agent.stop();
    const answer = await sent();
    expect(told(answer)).toEqual(heard());
    expect(answer.sent.every(({ acknowledged }) => acknowledged)).toBe(true);
    for (const { bytes, payload } of answer.sent) if (payload !== null) expect(bytes).toBe(Buffer.byteLength(payload));
  });

  it('is told without agent and broker, also after a kill', async () => {
    await lab.agent.start('login-2');
    await lab.wire.event('agent.started', { where: ({ data }) => data['loginSessionId'] === 'login-2' });
    await eventually('the second start in the log', async () => told(await sent()).some((line) => line.includes('"login-2"')));
    await lab.agent.kill();
    await lab.platform.interrupt();
    const answer = await sent();
    expect(answer.unreadable).toBe(0);
    expect(heard().slice(0, told(answer).length)).toEqual(told(answer));
    await lab.platform.resume();
  });

  it('goes on in the next process, and says what is not confirmed', async () => {
    await lab.agent.start('login-3');
    await eventually('the third start in the log', async () => told(await sent()).some((line) => line.includes('"login-3"')));
    await lab.agent.stop();
    const text = (await lab.agent.command('sent')).out;
    expect(text.split('\n')[0]).toMatch(/^time +tells of +size +sent to +what$/);
    expect(text).toMatch(/device +\d+ B +127\.0\.0\.1:\d+ +Evolve2 75: connected by USB/);
    expect(text).toMatch(/computer, user name +\d+ B .* About this PC: computer .+, user name /);
  });

  it.skipIf(process.platform === 'win32')('lies where this account alone can read it', async () => {
    const folder = join(lab.agent.stateDir, 'sent');
    const files = await readdir(folder);
    expect(files).not.toEqual([]);
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });
});

describe('jabra-agent sent', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'js-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function configure(stateDir: string): Promise<string> {
    const file = join(folder, 'agent.json');
    await writeFile(file, JSON.stringify({ organizationId: 'acme', brokerUrl: 'mqtt://127.0.0.1:1', stateDir }));
    return file;
  }

  it('refuses wrong use and a configuration that cannot be used', async () => {
    for (const args of [['sent'], ['sent', '--config', join(folder, 'missing.json')], ['sent', '--unknown']])
      expect(await run('jabra-agent', args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/\S/) as unknown });
    expect(await run('jabra-agent', ['sent', '--help'])).toMatchObject({ code: 0, err: '' });
  });

  it('says what is wrong where the log cannot be read', async () => {
    const stateDir = join(folder, 'state');
    await mkdir(stateDir);
    await writeFile(join(stateDir, 'sent'), 'no folder');
    const ended = await run('jabra-agent', ['sent', '--config', await configure(stateDir)]);
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toContain('cannot be read (ENOTDIR)');
  });

  it('prints no control character of what somebody wrote into the log', async () => {
    const stateDir = join(folder, 'hostile');
    const sentFolder = join(stateDir, 'sent');
    await mkdir(sentFolder, { recursive: true });
    const at = new Date().toISOString();
    const payload = JSON.stringify({
      model: { name: 'Evil\u001b]0;x\u0007' },
      connection: {},
      firmware: {},
      battery: null,
      settings: { values: {} },
    });
    const line = { run: 1, number: 1, at, to: 'h\u001b[2J', kind: 'devices', topic: 't', bytes: 1, acknowledged: true, payload, note: null };
    await writeFile(join(sentFolder, `sent-${at.slice(0, 10)}-00000001.jsonl`), `${JSON.stringify(line)}\n`);
    const { code, out } = await run('jabra-agent', ['sent', '--config', await configure(stateDir)]);
    expect(code).toBe(0);
    expect(out).toContain('Evil');
    // oxlint-disable-next-line no-control-regex
    expect(out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f]/);
  });
});
