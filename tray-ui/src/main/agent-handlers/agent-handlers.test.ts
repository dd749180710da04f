import { LocalError, type LocalSent } from '@jpd/agent/local';
import { describe, expect, it } from 'vitest';
import { calls } from '../../bridge/index.ts';
import { agentHandlers } from './index.ts';

/** An agent that answers what it was given, and notes what it was asked. */
function scripted(answers: Readonly<Record<string, unknown>>) {
  const asked: [name: string, args: unknown][] = [];
  const handlers = agentHandlers({
    call: (name, args) => {
      asked.push([name, args]);
      // What a test gives is what the call of this name gives.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return name in answers ? Promise.resolve(answers[name] as never) : Promise.reject(new LocalError('closed', 'the agent has ended'));
    },
  });
  return { asked, handlers };
}

const at = '2026-11-22T08:00:00.000Z';
type Entry = LocalSent['entries'][number];
const entry = (number: number, changed: Partial<Entry>): Entry => ({
  run: 1_795_356_546_067,
  number,
  at,
  to: 'platform.acme.example',
  kind: 'presence',
  topic: 'jabra/v1/acme/c1/presence',
  bytes: 10,
  acknowledged: true,
  payload: '{"schema":"presence/1","sentAt":"x","state":"online"}',
  note: null,
  groups: ['app'],
  summary: '',
  ...changed,
});
const device = (number: number, body: object): Entry =>
  entry(number, {
    kind: 'devices',
    topic: 'jabra/v1/acme/c1/devices/24da-1',
    groups: ['device'],
    payload: JSON.stringify({ schema: 'device/1', sentAt: at, deviceId: '24da-1', revision: number, model: { name: 'Jabra Evolve2 75' }, ...body }),
  });

async function shown(...oldestFirst: readonly Entry[]) {
  const gates = { userName: false, computer: false, location: false };
  const { handlers } = scripted({ sent: { entries: oldestFirst.toReversed(), total: 1, unreadable: 0, incompleteBefore: null, gates } });
  return calls.sentLog.result.parse(await handlers.sentLog({}));
}

describe('a call that is the agent’s alone', () => {
  it('is handed on, and so is its answer', async () => {
    const check = { at: 1, checks: [] };
    const { asked, handlers } = scripted({ answerFirmware: true, recoverFirmware: false, endRecovery: null, tryNow: null, check });
    expect(await handlers.answerFirmware({ deviceId: 'd1', answer: 'postpone' })).toBe(true);
    expect(await handlers.recoverFirmware({ deviceId: 'd1' })).toBe(false);
    expect(await handlers.endRecovery({ deviceId: 'd1' })).toBeNull();
    expect(await handlers.tryNow({})).toBeNull();
    expect(await handlers.checkPc({})).toEqual(check);
    expect(asked).toEqual([
      ['answerFirmware', { deviceId: 'd1', answer: 'postpone' }],
      ['recoverFirmware', { deviceId: 'd1' }],
      ['endRecovery', { deviceId: 'd1' }],
      ['tryNow', {}],
      ['check', {}],
    ]);
  });

  it('says that no agent works', async () => {
    await expect(scripted({}).handlers.tryNow({})).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('what was sent', () => {
  it('is told newest first, with names and values', async () => {
    const client = entry(2, {
      kind: 'client',
      groups: ['computer'],
      payload: JSON.stringify({
        schema: 'client/1',
        sentAt: at,
        clientId: 'c1',
        metadata: { computer: { computerName: 'VIE-PC-0417', ipAddresses: ['10.0.0.1', '10.0.0.2'], domain: null }, userName: 'anna' },
      }),
    });
    const [second, first] = await shown(entry(1, {}), client);
    expect(first).toEqual({
      id: '1795356546067-1',
      at: Date.parse(at),
      groups: ['app'],
      subject: 'presence',
      device: null,
      fields: [{ name: 'state', value: 'online' }],
    });
    expect(second).toMatchObject({
      subject: 'client',
      groups: ['computer'],
      fields: [
        { name: 'clientId', value: 'c1' },
        { name: 'computerName', value: 'VIE-PC-0417' },
        { name: 'ipAddresses', value: '10.0.0.1, 10.0.0.2' },
        { name: 'domain', value: '–' },
        { name: 'userName', value: 'anna' },
      ],
    });
  });

  it('of a device is all of it once, then what is new in it', async () => {
    const was = { battery: { level: 83, charging: false }, settings: { values: { sidetoneLevel: 3 } } };
    const [again, setting, battery, first] = await shown(
      device(1, was),
      device(2, { ...was, battery: { level: 80, charging: false } }),
      device(3, { battery: { level: 80, charging: false }, settings: { values: {} } }),
      device(4, { battery: { level: 80, charging: false }, settings: { values: {} } }),
    );
    expect(first).toMatchObject({ subject: 'device', device: 'Jabra Evolve2 75' });
    expect(first?.fields).toEqual([
      { name: 'model.name', value: 'Jabra Evolve2 75' },
      { name: 'battery.level', value: '83' },
      { name: 'battery.charging', value: 'false' },
      { name: 'settings.values.sidetoneLevel', value: '3' },
    ]);
    expect(battery).toMatchObject({ subject: 'battery', fields: [{ name: 'battery.level', value: '80' }] });
    expect(setting).toMatchObject({ subject: 'settings', fields: [{ name: 'settings.values.sidetoneLevel', value: '–' }] });
    expect(again?.subject).toBe('device');
    expect(again?.fields).toHaveLength(3);
  });

  it('names the device of an event, a file for support as such, and what may not have arrived', async () => {
    const event = entry(2, { kind: 'events', groups: ['device'], payload: '{"type":"firmware.postponed","deviceId":"24da-1"}' });
    const file = entry(3, { kind: 'diagnostics', topic: null, payload: null, note: 'redacted', groups: ['device', 'app'], acknowledged: false });
    const connect = entry(4, { kind: 'connect', note: 'client c1' });
    const [connected, support, happened] = await shown(device(1, {}), event, file, connect);
    expect(happened).toMatchObject({ subject: 'event', device: 'Jabra Evolve2 75' });
    expect(support).toMatchObject({
      subject: 'diagnostics',
      groups: ['diagnostics'],
      fields: [
        { name: 'note', value: 'redacted' },
        { name: 'acknowledged', value: 'false' },
      ],
    });
    expect(connected).toMatchObject({
      subject: 'presence',
      fields: [
        { name: 'host', value: 'platform.acme.example' },
        { name: 'note', value: 'client c1' },
      ],
    });
  });

  it('is shown even where it cannot be read', async () => {
    const [deleted, damaged] = await shown(entry(1, { kind: 'results', payload: '{"status"' }), device(2, {}), { ...device(3, {}), payload: '' });
    expect(deleted).toMatchObject({ subject: 'device', device: 'Jabra Evolve2 75', fields: [{ name: 'model.name', value: '–' }] });
    expect(damaged).toMatchObject({ subject: 'device' });
  });

  it('is given as it left, by the name that the list gave it', async () => {
    const { asked, handlers } = scripted({ sentExact: '{"schema":"presence/1"}' });
    expect(await handlers.sentExact({ id: '1795356546067-1' })).toBe('{"schema":"presence/1"}');
    expect(await handlers.sentExact({ id: 'nothing' })).toBeNull();
    expect(asked).toEqual([['sentExact', { run: 1_795_356_546_067, number: 1 }]]);
  });
});
