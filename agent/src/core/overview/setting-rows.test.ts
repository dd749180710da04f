import { describe, expect, it } from 'vitest';
import { type Desired, type DeviceDocument, payloadExamples } from '../../contract/index.ts';
import type { DesiredRecord } from '../devices/record.ts';
import { noHistory } from './history-record.ts';
import { settingRows, type SettingRowsInput } from './setting-rows.ts';

const now = Date.UTC(2026, 10, 22, 8);
const hour = 3_600_000;
const standard = { kind: 'standard', id: 'std', name: 'Standard' } as const;
const configuration = { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' } as const;

const document: DeviceDocument = {
  ...payloadExamples.devices,
  settings: {
    desiredRevision: 1,
    appliedRevision: 1,
    state: 'failed',
    values: { voiceGuidance: 'voice', sidetoneLevel: 0 },
    locked: ['sidetoneLevel'],
    errors: [{ key: 'autoPowerOffMinutes', code: 'device-rejected', message: 'no' }],
  },
};
const desired = (revision: number, source: Desired['source'], settings: Desired['settings'], more: Partial<DesiredRecord> = {}): DesiredRecord => ({
  document: { schema: 'desired/1', sentAt: '2026-11-22T07:00:00.000Z', revision, source, settings, firmware: { management: 'unmanaged' } },
  waitsForLogin: 'login-1',
  ...more,
});
const applied = {
  revision: 1,
  settings: { sidetoneLevel: { value: 0, locked: true }, autoPowerOffMinutes: { value: 240, locked: false } },
};
const history = {
  ...noHistory,
  applied: { revision: 1, source: standard },
  since: { sidetoneLevel: { at: now - hour, value: 0, locked: true } },
  enforced: { sidetoneLevel: now - 24 * hour + 1, voiceGuidance: now },
  putBack: { sidetoneLevel: now - 24 * hour },
};

const rows = (changed: Partial<SettingRowsInput> = {}) => settingRows({ document, applied, desired: null, history, now, ...changed });
const row = (key: string, changed: Partial<SettingRowsInput> = {}) => rows(changed).find((one) => one.key === key);

describe('the rows of a device', () => {
  it('are all that it holds, and all that somebody wants of it, in the order of the contract', () => {
    const pending = desired(2, configuration, { madeUpLater: { value: 1, locked: false }, ancMode: { value: 'anc', locked: false } });
    expect(rows({ desired: pending }).map(({ key }) => key)).toEqual([
      'sidetoneLevel',
      'voiceGuidance',
      'autoPowerOffMinutes',
      'ancMode',
      'madeUpLater',
    ]);
  });

  it('say what the device refused, and what was wanted of it', () => {
    expect(row('autoPowerOffMinutes')).toMatchObject({ value: null, control: { kind: 'none' }, problem: { code: 'device-rejected', wanted: 240 } });
    expect(row('voiceGuidance')).toMatchObject({ source: null, since: null, problem: null, enforcedAt: null });
  });

  it('say for a day what was set back, and then no more', () => {
    expect(row('sidetoneLevel')).toMatchObject({ since: now - hour, enforcedAt: now - 24 * hour + 1, putBackAt: null });
  });

  it('explain a lock by who set it, and what waits by who wants it', () => {
    const wanted = { sidetoneLevel: { value: 3, locked: true }, voiceGuidance: { value: 'off', locked: false } };
    const pending = desired(2, configuration, wanted, { receivedAt: now - 5 });
    const waiting = { until: 'next-login', receivedAt: now - 5 };
    expect(row('sidetoneLevel', { desired: pending })).toMatchObject({ source: standard, waiting: { value: 3, ...waiting } });
    expect(row('voiceGuidance', { desired: pending })).toMatchObject({ source: configuration, waiting: { value: 'off', ...waiting } });
  });

  it('say of what an earlier version kept when it was sent, and who wants what is applied', () => {
    const pending = desired(2, configuration, { voiceGuidance: { value: 'off', locked: false } }, { waitsForLogin: null });
    expect(row('voiceGuidance', { desired: pending })?.waiting).toEqual({ value: 'off', until: 'device', receivedAt: now - hour });
    const same = desired(1, configuration, applied.settings);
    expect(row('sidetoneLevel', { desired: same, history: noHistory })).toMatchObject({ source: configuration, since: null, waiting: null });
    expect(row('sidetoneLevel', { history: noHistory })?.source).toBeNull();
  });
});
