import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CancelSource } from '@jpd/protocol';
import { VirtualClock } from '@jpd/protocol/virtual';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BodyOf, clientSchema, deviceSchema, eventSchema, payloadExamples, resultSchema } from '../../contract/index.ts';
import { HttpError, type HttpResponse, type OutgoingMessage, type PlatformLink } from '../../ports/index.ts';
import { openOutlet } from '../testing/open-outlet.ts';
import { ScriptedPlatform } from '../testing/scripted-platform.ts';
import type { MetadataGates } from './gates.ts';
import type { Outgoing, OutletConnection } from './outgoing.ts';

const none: MetadataGates = { userName: false, computer: false, location: false };
const { schema: _schema, sentAt: at, ...client } = payloadExamples.client;
const { schema: _deviceSchema, sentAt: _deviceSentAt, ...device } = payloadExamples.devices;
const topic = (rest: string): string => `jabra/v1/acme/pc-1/${rest}`;

/** What may be in an error's words: a home, addresses, names, a URL with its password. */
const leak =
  'EACCES: /home/petra.planted/x and C:\\Users\\petra.planted\\y on planted-pc (192.0.2.77, 2001:db8::77) by http://u:hunter2@proxy, planted-token';
const leaked = /petra|planted|192\.0\.2\.77|2001:db8|hunter2/i;

async function lab(gates: () => MetadataGates = () => none) {
  const clock = new VirtualClock();
  const platform = new ScriptedPlatform(() => clock.now());
  const { outlet, sentLog, told } = openOutlet(clock, gates);
  const options = {
    url: 'wss://someone:secret@platform.acme.example:443/mqtt',
    version: 5,
    clientId: 'pc-1',
    userName: 'acme/pc-1',
    password: 'planted-password',
    will: { kind: 'presence', topic: topic('presence'), body: { state: 'offline', reason: 'connection-lost', sessionId: crypto.randomUUID() } },
    willDelaySeconds: 30,
    sessionExpirySeconds: 1,
    receiveMaximum: 32,
    keepAliveSeconds: 300,
    tls: { caFile: null, certFile: null, keyFile: null },
  } as const;
  const connect = async (): Promise<OutletConnection> => {
    const result = await outlet.link(platform).connect(options, new CancelSource());
    if (!result.accepted) throw new Error('refused');
    return result.connection;
  };
  return { clock, connect, options, outlet, platform, sentLog, told };
}

const said = (platform: ScriptedPlatform): string => platform.published.at(-1)?.payload ?? '';

describe('the outlet', () => {
  it('lets no group out that is closed at that very moment, whoever composed the document', async () => {
    const gate = fc.record({ userName: fc.boolean(), computer: fc.boolean(), location: fc.boolean() });
    let gates = none;
    const { connect, platform } = await lab(() => gates);
    const connection = await connect();
    await fc.assert(
      fc.asyncProperty(gate, async (allowed) => {
        gates = allowed;
        await connection.publish({ kind: 'client', topic: topic('client'), body: client });
        const { metadata } = clientSchema.parse(JSON.parse(said(platform)));
        const open = Object.entries(allowed).flatMap(([group, isOpen]) => (isOpen ? [group] : []));
        expect(Object.keys(metadata ?? {}).toSorted()).toEqual(open.toSorted());
        if (open.length === 0) expect(metadata).toBeUndefined();
      }),
    );
  });

  it('asks the policy when a message really goes, however long it waited for others, and notes none that never went', async () => {
    let gates: MetadataGates = { userName: true, computer: true, location: true };
    const { options, outlet, platform, sentLog } = await lab(() => gates);
    const waiting: (() => OutgoingMessage)[] = [];
    const busy: PlatformLink = {
      connect: async (given) => {
        const result = await platform.connect(given);
        if (!result.accepted) return result;
        const publish = async (message: OutgoingMessage | (() => OutgoingMessage)): Promise<void> => {
          waiting.push(typeof message === 'function' ? message : () => message);
        };
        return { accepted: true, connection: Object.assign(result.connection, { publish }) };
      },
    };
    const result = await outlet.link(busy).connect(options, new CancelSource());
    if (!result.accepted) throw new Error('refused');
    await result.connection.publish({ kind: 'client', topic: topic('client'), body: client });
    expect(sentLog.records.filter(({ kind }) => kind === 'client')).toEqual([]);
    gates = none;
    expect(JSON.parse(waiting[0]?.().payload ?? '')).not.toHaveProperty('metadata');
  });

  it('lets no name, address, home or secret out in the words of a document, an event or a result', async () => {
    const { connect, platform } = await lab(() => ({ userName: true, computer: true, location: true }));
    const connection = await connect();
    const errors: BodyOf<'devices'>['settings']['errors'] = [{ key: 'sidetoneLevel', code: 'device-rejected', message: leak }];
    const failed = { ...device.firmware, status: 'failed', version: '1.0.0', targetVersion: '2.0.0', error: { code: 'device-error', message: leak } };
    const messages = [
      {
        kind: 'devices',
        topic: topic('devices/a'),
        body: { ...device, settings: { ...device.settings, errors }, firmware: failed as typeof device.firmware },
      },
      {
        kind: 'events',
        topic: topic('events'),
        body: { id: crypto.randomUUID(), at, type: 'agent.started', data: { damage: [leak], more: { words: leak } } },
      },
      {
        kind: 'results',
        topic: topic('results/c'),
        body: { commandId: 'c', status: 'failed', error: { code: 'x', message: leak }, data: { why: [leak] } },
      },
    ] satisfies Outgoing[];
    for (const message of messages) {
      await connection.publish(message);
      expect(said(platform)).not.toMatch(leaked);
      expect(said(platform)).toContain('EACCES');
    }
    const [first, second, third] = platform.published.map(({ payload }): unknown => JSON.parse(payload));
    expect(deviceSchema.safeParse(first).success).toBe(true);
    expect(eventSchema.safeParse(second).success).toBe(true);
    expect(resultSchema.safeParse(third).success).toBe(true);
  });

  it('leaves what the contract fixes, and what a device is called and holds, to the letter', async () => {
    const { connect, platform } = await lab();
    const connection = await connect();
    const body = { ...device, settings: { ...device.settings, values: { deviceName: "petra.planted's headset" } } };
    await connection.publish({ kind: 'devices', topic: topic('devices/a'), body });
    const { schema: _name, sentAt: _at, ...sent } = deviceSchema.parse(JSON.parse(said(platform)));
    expect(sent).toEqual(body);
  });

  it('has no way out for a text: what is sent is a value of the contract, of a kind it knows', async () => {
    const { connect } = await lab();
    const connection = await connect();
    const forged: OutgoingMessage = { topic: topic('client'), payload: '{"metadata":{"userName":"petra"}}', retain: true };
    // The compiler refuses it; somebody may silence the compiler.
    await expect(connection.publish(forged as unknown as Outgoing)).rejects.toThrow(Error);
  });

  it('notes each message as it left, with its acknowledgement', async () => {
    const { clock, connect, platform, sentLog, told } = await lab();
    const connection = await connect();
    await clock.advance(1000);
    await connection.publish({ kind: 'devices', topic: topic('devices/a'), body: null });
    platform.leavesUnanswered = () => true;
    const lost = connection.publish({ kind: 'client', topic: topic('client'), body: client });
    platform.cut('pc-1');
    await expect(lost).rejects.toThrow(Error);
    const [connected, deleted, unconfirmed] = sentLog.records;
    expect(connected).toMatchObject({ kind: 'connect', to: 'platform.acme.example:443', acknowledged: true });
    expect(deleted).toEqual({
      run: clock.now() - 1000,
      number: 2,
      at: new Date(clock.now()).toISOString(),
      to: 'platform.acme.example:443',
      kind: 'devices',
      topic: topic('devices/a'),
      bytes: 0,
      acknowledged: true,
      payload: '',
      note: null,
    });
    expect(unconfirmed).toMatchObject({ kind: 'client', acknowledged: false, payload: said(platform), bytes: Buffer.byteLength(said(platform)) });
    expect(told()).toBe(3);
    expect(JSON.stringify(sentLog.records)).not.toMatch(/planted-password|someone|secret@/);
  });

  it('counts the bytes of UTF-8', async () => {
    const { connect, platform, sentLog } = await lab();
    const connection = await connect();
    const texts = ['a', 'é', 'ø߿', 'ࠀ€', '😀x😀', '日本', String.fromCharCode(0x7f, 0x80, 0x7ff, 0x800, 0xffff)];
    for (const clientName of texts) {
      await connection.publish({ kind: 'client', topic: topic('client'), body: { ...client, clientName } });
      expect(sentLog.records.at(-1)?.bytes).toBe(Buffer.byteLength(said(platform)));
    }
  });

  it('notes a connection that was refused, and none that came to nothing', async () => {
    const { options, outlet, platform, sentLog } = await lab();
    const link = outlet.link(platform);
    platform.refuse.push({ kind: 'not-authorized', reasonCode: 0x87, retryAfterMs: null, message: '' });
    await link.connect(options, new CancelSource());
    platform.online = false;
    await link.connect(options, new CancelSource());
    expect(sentLog.records).toMatchObject([{ kind: 'connect', acknowledged: false }]);
  });

  it('notes what is uploaded by its size and its host, and never what is in it or behind the question mark', async () => {
    const { outlet, sentLog } = await lab();
    const answer = { status: 201, headers: new Map(), retryAfterMs: null, body: (async function* () {})(), close: () => undefined };
    const answers: (() => Promise<HttpResponse>)[] = [
      async () => answer,
      async () => ({ ...answer, status: 403 }),
      () => Promise.reject(new HttpError('timeout', 'too slow')),
      () => Promise.reject(new HttpError('refused-url', 'no such scheme')),
    ];
    const http = outlet.http({ request: () => answers.shift()?.() ?? Promise.reject(new Error('no answer')) }, { kind: 'diagnostics', note: 'logs' });
    const request = { method: 'PUT', url: 'https://files.example/up/load.zip?sig=planted', body: new Uint8Array(7) } as const;
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => http.request(request, new CancelSource())));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    const note = { to: 'files.example', kind: 'diagnostics', topic: null, bytes: 7, payload: null, note: 'logs' };
    expect(sentLog.records).toMatchObject([
      { ...note, acknowledged: true },
      { ...note, acknowledged: false },
      { ...note, acknowledged: false },
    ]);
    expect(JSON.stringify(sentLog.records)).not.toContain('planted');
  });

  it('is the only part of the core that knows the port', () => {
    const core = join(import.meta.dirname, '..');
    const files = readdirSync(core, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('testing/'));
    const knowing = (pattern: RegExp): string[] => files.filter((name) => pattern.test(readFileSync(join(core, name), 'utf8'))).toSorted();
    expect(knowing(/\b(?:PlatformLink|PlatformConnection|OutgoingMessage)\b/)).toEqual([
      'agent-settings.ts',
      // `jabra-agent doctor` logs in, and out again, and says nothing.
      'diagnostics/login-check.ts',
      'privacy/outgoing.ts',
      'privacy/outlet.ts',
    ]);
    const using = knowing(/\bports\.(?:link|http)\b/);
    expect(using).toContain('agent-parts.ts');
    for (const name of using) {
      // It is given to the outlet; elsewhere it is asked whether there is one, at most.
      const given = /\boutlet\s*\.(?:link|http)\(\s*ports\.(?:link|http)\b|\bports\.http \?/g;
      expect(readFileSync(join(core, name), 'utf8').replaceAll(given, '')).not.toMatch(/\bports\.(?:link|http)\b/);
    }
  });
});
