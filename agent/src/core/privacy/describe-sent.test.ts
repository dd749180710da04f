import { describe, expect, it } from 'vitest';
import { type BodyOf, encode, payloadExamples } from '../../contract/index.ts';
import type { SentRecord } from '../../ports/index.ts';
import { describeSent } from './describe-sent.ts';
import type { AgentKind } from './outgoing.ts';

const { schema: _schema, sentAt: _sentAt, ...device } = payloadExamples.devices;
const { schema: _clientSchema, sentAt: _clientSentAt, ...client } = payloadExamples.client;
const { metadata, ...bare } = client;

const blank = {
  run: 1,
  number: 1,
  at: '2026-11-24T10:40:00.000Z',
  to: 'platform.acme.example',
  bytes: 1,
  acknowledged: true,
  note: null,
  topic: null,
} as const;
const record = <K extends AgentKind>(kind: K, body: BodyOf<K>, topic = 'x'): SentRecord => ({
  ...blank,
  kind,
  topic,
  payload: encode(kind, body, 0),
});

/** Given and told oldest first. */
function told(...records: readonly SentRecord[]): string[] {
  const { entries } = describeSent({ records: records.toReversed(), unreadable: 0, incompleteBefore: null });
  return entries.toReversed().map(({ groups, summary }) => `${groups.join('+')} | ${summary}`);
}

describe('what was sent, in words', () => {
  it('says of a device all that it is at first, then what changed', () => {
    const first = { ...device, model: { ...device.model, name: 'Jabra Evolve2 75' }, battery: { level: 84, charging: false, low: false } };
    const charging = { ...first, battery: { level: 83, charging: true, low: false } };
    const gone = { ...charging, connection: { ...first.connection, status: 'disconnected' as const } };
    const lines = told(record('devices', first, 'a'), record('devices', charging, 'a'), record('devices', gone, 'a'), record('devices', gone, 'a'), {
      ...blank,
      kind: 'devices',
      topic: 'a',
      payload: '',
    });
    expect(lines[0]).toMatch(/^device \| Evolve2 75: connected by USB, firmware \S+.*, battery 84 %, \d+ settings, [\w-]+$/);
    expect(lines.slice(1)).toEqual([
      'device | Evolve2 75: battery 83 %, charging',
      'device | Evolve2 75: not connected any more',
      'device | Evolve2 75: everything as before, told again',
      'device | Evolve2 75: forgotten',
    ]);
  });

  it('names the groups that a client document holds, and none where it holds none', () => {
    const { computer } = metadata ?? {};
    expect(told(record('client', bare), record('client', { ...bare, metadata: { userName: 'mads', ...(computer ? { computer } : {}) } }))).toEqual([
      'app | About the app: its version and when it started',
      `computer+userName | About this PC: computer ${computer?.computerName}, user name mads`,
    ]);
  });

  it('has words for presence, events, results, connections, files and enrolment', () => {
    const sessionId = '11111111-1111-4111-8111-111111111111';
    const event = { id: sessionId, at: blank.at, data: {} };
    const { deviceId } = device;
    const name = device.model.name.replace('Jabra ', '');
    expect(
      told(
        record('presence', { state: 'online', reason: 'connected', sessionId }),
        record('devices', device),
        record('events', { ...event, type: 'agent.started' }),
        record('events', { ...event, type: 'battery.low', deviceId }),
        record('results', { commandId: 'c', status: 'succeeded' }),
        { ...blank, kind: 'connect', payload: '{}' },
        { ...blank, kind: 'connect', payload: '{}', acknowledged: false },
        { ...blank, kind: 'diagnostics', payload: null, note: '2 files' },
        { ...blank, kind: 'enrolment', payload: null, note: 'Enrolled' },
      ).filter((line) => !line.includes(': connected by')),
    ).toEqual([
      'app | App started and connected',
      'app | Event: the app started',
      `device | Event: a battery is low (${name})`,
      'app | Answer to a command: succeeded',
      'app | Connected to platform.acme.example',
      'app | platform.acme.example did not accept the connection',
      'device+app | Diagnostics file: 2 files',
      'app | Enrolment: Enrolled'.replace('Enrolment: ', ''),
    ]);
  });

  it('shows what it cannot describe all the same', () => {
    const odd = ['', 'no json', '{}', '[]', '{"model":1}'].map((payload): SentRecord => ({ ...blank, kind: 'devices', payload }));
    expect(told(...odd)).toHaveLength(odd.length);
  });
});
