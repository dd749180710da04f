import { encode, payloadExamples } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { device, exampleDeviceId, online } from '../testing/bodies.ts';
import type { FakeAgent } from '../testing/live.ts';
import { LivePlatform } from '../testing/live.ts';
import { runJabraPlatform } from './run.ts';

let live: LivePlatform;
let agent: FakeAgent;
beforeAll(async () => {
  live = await LivePlatform.start();
  agent = await live.connect('pc-1');
  await agent.presence(online());
  await agent.device(device());
  await agent.subscribe(`${agent.topics.prefix}#`);
});
afterAll(() => live.stop());

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly errors: readonly string[];
}

async function run(argv: readonly string[], env: Record<string, string> = {}, signal: AbortSignal = new AbortController().signal): Promise<Ran> {
  let out = '';
  const errors: string[] = [];
  const io = { out: (chunk: string) => void (out += chunk), error: (line: string) => void errors.push(line), env, signal };
  return { code: await runJabraPlatform(argv, io, '1.2.3'), out, errors };
}

/** A command against the live platform, which must go well; its one JSON document. */
async function json(...argv: string[]): Promise<unknown> {
  const { code, out, errors } = await run([...argv, '--data', live.folder, '--json']);
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  return JSON.parse(out);
}

async function text(...argv: string[]): Promise<string> {
  const { code, out, errors } = await run([...argv, '--data', live.folder]);
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  return out;
}

const names = ['serve', 'devices', 'clients', 'publish', 'policy', 'events', 'command', 'revoke'];

describe.each(names)('jabra-platform %s', (name) => {
  it('has help and a version', async () => {
    expect(await run([name, '--help'])).toMatchObject({ code: 0, out: expect.stringContaining(`Usage: jabra-platform ${name}`), errors: [] });
    expect(await run([name, '--version'])).toEqual({ code: 0, out: '1.2.3\n', errors: [] });
  });

  it.each([[['--bogus']], [['extra']]])('refuses %j in one line', async (wrong) => {
    const required = {
      serve: ['--data', '/dev/null/never'],
      publish: ['--device', 'd'],
      command: ['--type', 'refresh', '--device', 'd'],
      revoke: ['--client', 'c'],
    };
    const { code, out, errors } = await run([name, ...(Object.entries(required).find(([one]) => one === name)?.[1] ?? []), ...wrong]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toEqual([expect.stringMatching(/^jabra-platform: (unknown option|too many arguments)[^\n]*$/)]);
  });
});

describe('wrong use', () => {
  it.each([
    [[], 1],
    [['dance'], 1],
    [['--bogus'], 1],
    [['devices'], 2],
    [['devices', '--url', 'ftp://x', '--token', 't'], 1],
    [['devices', '--data', '/dev/null'], 1],
    [['serve'], 1],
    [['serve', '--data', 'x', '--mqtt-port', '-1'], 1],
    [['serve', '--data', 'x', '--http-port', '70000'], 1],
    [['serve', '--data', '/dev/null/x'], 1],
    [['serve', '--data', '/dev/null/x', '--database-url', 'postgres://x'], 1],
    [['serve', '--data', '/dev/null/x', '--broker-url', 'x'], 1],
    [['publish', '--device', 'd'], 1],
    [['publish', '--device', 'd', '--set', 'a', '--set', 'b'], 2],
    [['publish', '--device', 'd', '--set', 'a=1', '--unset', 'a'], 1],
    [['publish', '--device', 'd', '--lock', 'a', '--unlock', 'a'], 1],
    [['publish', '--device', 'd', '--forget', '--set', 'a=1'], 1],
    [['publish', '--device', 'd', '--firmware-version', '1', '--sha256', 'x'], 1],
    [['publish', '--device', 'd', '--allow-downgrade'], 1],
    [['publish', '--device', 'd', '--unmanaged', '--firmware-version', '1'], 1],
    [['policy', '--metadata', 'userName=maybe,shoeSize=on'], 2],
    [['policy', '--apply-settings', 'never'], 1],
    [['policy', '--update-days', 'mon'], 1],
    [['policy', '--update-window', 'always'], 1],
    [['events', '--limit', '0'], 1],
    [['events', '--type', 'nope'], 1],
    [['command', '--type', 'refresh'], 1],
    [['command', '--device', 'd', '--type', 'refresh', '--params', '[]'], 1],
    [['revoke'], 1],
  ])('%j is answered with a line for each problem and exit 2', async (argv, problems) => {
    const { code, out, errors } = await run(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(errors).toHaveLength(problems);
    for (const line of errors) expect(line).toMatch(/^jabra-platform: [^\n]+$/);
  });

  it('that only the platform can see is exit 2 as well', async () => {
    expect(await run(['publish', '--device', 'a.b', '--set', 'a=1', '--data', live.folder])).toMatchObject({
      code: 2,
      out: '',
      errors: [expect.stringContaining('deviceId')],
    });
  });
});

describe('a fault', () => {
  it.each([
    ['a device that is not there', ['devices', '--device', 'none'], /no device none/],
    ['a client that is not there', ['revoke', '--client', 'none'], /no client none/],
    ['a lock without a value', ['publish', '--device', 'none', '--lock', 'ringtone'], /cannot be locked/],
  ])('such as %s is exit 1', async (_, argv, words) => {
    expect(await run([...argv, '--data', live.folder])).toMatchObject({ code: 1, out: '', errors: [expect.stringMatching(words)] });
  });

  it('such as a platform that does not answer is exit 1', async () => {
    expect(await run(['devices', '--url', 'http://127.0.0.1:1', '--token', 't'])).toMatchObject({
      code: 1,
      out: '',
      errors: [expect.stringContaining('cannot be reached')],
    });
  });

  it('such as a token that is wrong is exit 1', async () => {
    expect(await run(['devices', '--data', live.folder, '--token', 'wrong'])).toMatchObject({
      code: 1,
      out: '',
      errors: [expect.stringContaining('token')],
    });
  });
});

describe('the platform', () => {
  it('is found by folder, by address and token, and by the environment', async () => {
    const { httpUrl, adminToken } = live.platform;
    const byFolder = await run(['policy', '--json', '--data', live.folder]);
    expect(byFolder.code).toBe(0);
    expect(await run(['policy', '--json', '--url', `${httpUrl}/`, '--token', adminToken])).toEqual(byFolder);
    expect(await run(['policy', '--json'], { JABRA_PLATFORM_URL: httpUrl, JABRA_PLATFORM_TOKEN: adminToken })).toEqual(byFolder);
  });
});

describe('devices and clients', () => {
  it('are listed for people and for programs', async () => {
    expect(await text('devices')).toMatch(/^DEVICE +NAME.*\n24da-70bf92123456 +Jabra Evolve2 75 +70BF92123456 +usb +83 % +1\.8\.13 latest/);
    expect(await json('devices')).toMatchObject({
      devices: [{ deviceId: exampleDeviceId, clientId: 'pc-1', document: { model: { name: 'Jabra Evolve2 75' } } }],
    });
    expect(await text('devices', '--device', exampleDeviceId)).toMatch(/sidetoneLevel +3 +locked/);
    expect(await text('clients')).toMatch(/\npc-1 .*online \(connected\)/);
    expect(await json('clients')).toMatchObject({ clients: [{ clientId: 'pc-1', deviceIds: [exampleDeviceId] }] });
  });
});

describe('publish', () => {
  it('takes values as JSON or text, also negative ones, and locks', async () => {
    const argv = [
      '--set',
      'sidetoneLevel=-3',
      '--set',
      'ancMode=off',
      '--set',
      'autoPairing=true',
      '--set',
      'deviceName="5"',
      '--lock',
      'sidetoneLevel',
    ];
    expect(await json('publish', '--device', exampleDeviceId, ...argv)).toMatchObject({
      desired: {
        settings: {
          sidetoneLevel: { value: -3, locked: true },
          ancMode: { value: 'off', locked: false },
          autoPairing: { value: true, locked: false },
          deviceName: { value: '5', locked: false },
        },
        publishedTo: [{ clientId: 'pc-1' }],
      },
    });
    const { desired } = (await json('publish', '--device', exampleDeviceId, '--unlock', 'sidetoneLevel', '--unset', 'ancMode')) as {
      desired: { revision: number; settings: object };
    };
    expect(desired.settings).toMatchObject({ sidetoneLevel: { value: -3, locked: false }, autoPairing: {} });
    expect(Object.keys(desired.settings)).not.toContain('ancMode');
    await agent.waitFor(
      (one) => one.topic === agent.topics.desired(exampleDeviceId) && (one.body as { revision: number } | null)?.revision === desired.revision,
    );
  });

  it('names firmware with its package, and leaves it alone again', async () => {
    const sha256 = 'ab'.repeat(32);
    const argv = [
      '--firmware-version',
      '1.11.7',
      '--package-url',
      'https://x.test/a.zip',
      '--sha256',
      sha256,
      '--size',
      '4096',
      '--allow-downgrade',
      '--keep-updated',
    ];
    expect(await json('publish', '--device', exampleDeviceId, ...argv)).toMatchObject({
      desired: {
        firmware: {
          management: 'managed',
          version: '1.11.7',
          keepUpdated: true,
          allowDowngrade: true,
          package: { url: 'https://x.test/a.zip', sha256, size: 4096 },
        },
      },
    });
    expect(await text('publish', '--device', exampleDeviceId, '--unmanaged')).toContain('firmware unmanaged');
  });

  it('forgets', async () => {
    expect(await text('publish', '--device', exampleDeviceId, '--forget')).toMatch(/being forgotten; published to pc-1/);
    await json('publish', '--device', 'unknown-1', '--set', 'ringtone=1');
    expect(await json('publish', '--device', 'unknown-1', '--forget')).toEqual({ desired: null });
  });
});

describe('policy', () => {
  it('is shown, and changed where something is named', async () => {
    const before = (await json('policy')) as { revision: number };
    const argv = [
      '--apply-settings',
      'immediately',
      '--metadata',
      'userName=off,computer=on',
      '--update-window',
      '22:00-05:30',
      '--update-days',
      'mon,tue',
      '--allow-quit',
      'off',
      '--postpone-limit',
      '0',
    ];
    const after = (await json('policy', ...argv)) as { revision: number };
    expect(after).toMatchObject({
      policy: {
        applySettings: 'immediately',
        metadata: { userName: false, computer: true, location: true },
        updateWindow: { start: '22:00', end: '05:30', days: ['mon', 'tue'] },
        allowQuit: false,
        postponeLimit: 0,
      },
    });
    expect(after.revision).toBeGreaterThan(before.revision);
    expect(await json('policy')).toEqual(after);
    expect(await text('policy', '--no-update-window')).toContain('firmware: any time');
  });
});

describe('events', () => {
  const say = (index: number) =>
    agent.publish(agent.topics.events, encode('events', { ...payloadExamples.events, id: `00000000-0000-4000-8000-00000000000${index}` }, 0));

  it('are listed, and followed until as many have come as were asked for', async () => {
    await say(1);
    expect(await json('events', '--type', 'settings.applied')).toMatchObject({ events: [{ clientId: 'pc-1', event: { type: 'settings.applied' } }] });
    expect(await text('events')).toContain('settings.applied');
    const all = json('events', '--follow', '--after', '0', '--limit', '3') as Promise<{ events: unknown[] }>;
    await say(2);
    await say(3);
    expect((await all).events).toHaveLength(3);
  });

  it('are followed until ended, which is a good end, with one document all the same', async () => {
    const ended = new AbortController();
    const following = run(['events', '--follow', '--json', '--data', live.folder], {}, ended.signal);
    ended.abort();
    const { code, out, errors } = await following;
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    if (out !== '') expect(JSON.parse(out)).toEqual({ events: [] });
  });
});

describe('command', () => {
  async function answer(status: 'succeeded' | 'rejected', type: string): Promise<void> {
    const { body } = await agent.waitFor((one) => one.topic === agent.topics.commands && (one.body as { type: string }).type === type);
    const { id } = body as { id: string };
    await agent.publish(
      agent.topics.result(id),
      encode('results', { commandId: id, status, ...(status === 'rejected' ? { error: { code: 'not-supported', message: 'no' } } : {}) }, 0),
    );
  }

  it('is sent, and waited for where asked', async () => {
    expect(await json('command', '--client', 'pc-1', '--type', 'refresh', '--params', '{"deep":true}')).toMatchObject({
      clientId: 'pc-1',
      status: 'sent',
    });
    const waiting = json('command', '--device', exampleDeviceId, '--type', 'identify-device', '--wait', '20');
    await answer('succeeded', 'identify-device');
    expect(await waiting).toMatchObject({ status: 'succeeded' });
  });

  it('that does not go well is exit 1, with its result all the same', async () => {
    const waiting = run(['command', '--client', 'pc-1', '--type', 'reboot-device', '--wait', '--json', '--data', live.folder]);
    await answer('rejected', 'reboot-device');
    const { code, out, errors } = await waiting;
    expect({ code, errors }).toEqual({ code: 1, errors: [expect.stringContaining('rejected')] });
    expect(JSON.parse(out)).toMatchObject({ status: 'rejected', result: { error: { code: 'not-supported' } } });
  });

  it('that is not answered in time is exit 1', async () => {
    expect(await run(['command', '--client', 'pc-1', '--type', 'update-firmware', '--wait', '1', '--data', live.folder])).toMatchObject({
      code: 1,
      errors: [expect.stringContaining('not answered')],
    });
  });
});

describe('revoke', () => {
  it('revokes', async () => {
    await (await live.connect('pc-9')).end();
    expect(await text('revoke', '--client', 'pc-9')).toMatch(/^pc-9 is revoked and will be told/);
    expect(await json('revoke', '--client', 'pc-9')).toMatchObject({ clientId: 'pc-9', revocation: 'pending' });
  });
});
