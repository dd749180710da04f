import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { createLog, type LogOptions } from './create-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jabra-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

const token = 'tok-9f8e7d6c5b4a';

function consoleOf() {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { stream, lines };
}

const create = (options: Partial<LogOptions> = {}) => createLog({ folder, level: 'info', secrets: [token], console: null, ...options });

async function written(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const text = await readFile(join(folder, 'jabra-agent.log'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
}

test('lines are in the file as JSON when flush resolves, and readable on the console', async () => {
  const { stream, lines } = consoleOf();
  const log = create({ console: stream, clock: { now: () => 0, monotonic: () => 0 } });
  log.info('started', { version: '0.1.0' });
  log.child('mqtt').child('tls').error('refused');
  await log.flush();
  expect(await written()).toEqual([
    { time: '1970-01-01T00:00:00.000Z', level: 'info', component: 'agent', message: 'started', version: '0.1.0' },
    { time: '1970-01-01T00:00:00.000Z', level: 'error', component: 'mqtt.tls', message: 'refused' },
  ]);
  expect(lines).toEqual(['1970-01-01T00:00:00.000Z INFO agent: started {"version":"0.1.0"}\n', '1970-01-01T00:00:00.000Z ERROR mqtt.tls: refused\n']);
});

test('the level holds for children too, from the moment it is changed', async () => {
  const log = create({ level: 'warn' });
  const child = log.child('c');
  child.info('no');
  child.warn('yes');
  child.setLevel('debug');
  log.debug('yes');
  log.setLevel('error');
  child.warn('no');
  await log.flush();
  expect((await written()).map(({ message }) => message)).toEqual(['yes', 'yes']);
});

test('a planted secret is in no file and on no console, also one that is added later', async () => {
  const { stream, lines } = consoleOf();
  const log = create({ console: stream, level: 'debug' });
  log.addSecret('later-secret');
  const error = new Error(`bad ${token}`, { cause: new Error('later-secret') });
  log.info(`token ${token}`, { token, text: `mqtts://acme:${token}@h`, basic: Buffer.from(`acme:${token}`).toString('base64'), error });
  log.child(`component ${token}`).debug('later-secret');
  await log.flush();
  const everything = lines.join('') + (await readFile(join(folder, 'jabra-agent.log'), 'utf8'));
  expect(everything).toContain('[redacted]');
  for (const secret of [token, 'later-secret', Buffer.from(`acme:${token}`).toString('base64')]) expect(everything).not.toContain(secret);
});

test('rotation bounds all files together', async () => {
  const log = create({ maxFileBytes: 20_000, maxFiles: 3 });
  for (let index = 0; index < 3000; index++) {
    log.info('a line of the log', { index });
    if (index % 100 === 0) await log.flush();
  }
  await log.flush();
  const names = (await readdir(folder)).toSorted();
  expect(names).toEqual(['jabra-agent.1.log', 'jabra-agent.2.log', 'jabra-agent.log']);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);
  expect((await written()).at(-1)).toMatchObject({ index: 2999 });
});

test('a folder that cannot be written is said once on the console, where the lines go on', async () => {
  await writeFile(join(folder, 'file'), '');
  const { stream, lines } = consoleOf();
  const log = create({ folder: join(folder, 'file'), console: stream });
  for (const message of ['one', 'two', 'three']) {
    log.info(message);
    await log.flush();
  }
  expect(lines.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
  expect(lines.filter((line) => / INFO agent: (one|two|three)\n$/.test(line))).toHaveLength(3);
});

test('lines that were lost are counted in the file once it works again', async () => {
  await writeFile(join(folder, 'logs'), '');
  const time = { now: 0 };
  const log = create({ folder: join(folder, 'logs'), clock: { now: () => 0, monotonic: () => time.now } });
  log.info('lost');
  await log.flush();
  await rm(join(folder, 'logs'));
  time.now = 60_000;
  log.info('kept');
  await log.flush();
  await log.flush();
  const text = await readFile(join(folder, 'logs', 'jabra-agent.log'), 'utf8');
  expect(text).toContain('"message":"kept"');
  expect(text).toContain('"lost":1');
});

test('a console whose pipe broke does no harm', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('broken pipe'), { code: 'EPIPE' })) });
  const log = create({ console: broken });
  log.info('one');
  await log.flush();
  log.info('two');
  await log.flush();
  expect(await written()).toHaveLength(2);
});

test('flush does not wait for a console whose reader has stopped', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const stuck = new Writable({ write: () => undefined });
    const log = create({ folder: null, console: stuck });
    log.info('one');
    let flushed = false;
    const flushing = log.flush().then(() => (flushed = true));
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1), { interval: 0 });
    expect(flushed).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    await flushing;
    expect(flushed).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('without folder and console nothing happens', async () => {
  const log = create({ folder: null });
  log.error('x');
  await expect(log.flush()).resolves.toBeUndefined();
});

test('nothing goes to standard output', async () => {
  const stdout = vi.spyOn(process.stdout, 'write');
  try {
    const log = create();
    log.error('quiet');
    await log.flush();
    expect(stdout).not.toHaveBeenCalled();
  } finally {
    stdout.mockRestore();
  }
});
