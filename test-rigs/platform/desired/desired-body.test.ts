import { describe, expect, it } from 'vitest';

import { RequestError } from '../errors.ts';
import type { DesiredBody } from './desired-body.ts';
import { desiredBodySchema, desiredChangeSchema, emptyDesiredBody, mergeDesired, withoutFirmware } from './desired-body.ts';

const body: DesiredBody = {
  source: { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' },
  settings: { sidetoneLevel: { value: 3, locked: true }, ancMode: { value: 'anc', locked: false } },
  firmware: { management: 'managed', version: '1.11.7', unsupportedVersions: ['1.0.0'] },
};

describe('a change of what is desired', () => {
  it('touches the settings that it names and nothing else', () => {
    expect(mergeDesired(body, { settings: { ancMode: { value: 'off' }, ringtone: { value: 4, locked: true } } })).toEqual({
      ...body,
      settings: { sidetoneLevel: { value: 3, locked: true }, ancMode: { value: 'off', locked: false }, ringtone: { value: 4, locked: true } },
    });
  });

  it('can change the lock alone, or the value alone', () => {
    expect(mergeDesired(body, { settings: { sidetoneLevel: { locked: false } } }).settings['sidetoneLevel']).toEqual({ value: 3, locked: false });
    expect(mergeDesired(body, { settings: { sidetoneLevel: { value: -3 } } }).settings['sidetoneLevel']).toEqual({ value: -3, locked: true });
  });

  it('cannot lock what has no value', () => {
    const lock = (): DesiredBody => mergeDesired(emptyDesiredBody, { settings: { ringtone: { locked: true } } });
    expect(lock).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(lock).toThrow(RequestError);
  });

  it('takes settings out', () => {
    expect(Object.keys(mergeDesired(body, { unset: ['sidetoneLevel', 'unheardOf'] }).settings)).toEqual(['ancMode']);
  });

  it('replaces firmware and source as a whole', () => {
    const change = { source: { kind: 'device', id: 'x', name: 'X' }, firmware: { management: 'unmanaged' } } as const;
    expect(mergeDesired(body, change)).toEqual({ ...change, settings: body.settings });
  });

  it('is refused with keys that are no names, or unknown fields', () => {
    expect(desiredChangeSchema.safeParse({ settings: { '../x': { value: 1 } } }).success).toBe(false);
    expect(desiredChangeSchema.safeParse(JSON.parse('{"settings":{"__proto__":{"value":1}}}')).data?.settings).not.toHaveProperty('value');
    expect(desiredChangeSchema.safeParse({ setting: {} }).success).toBe(false);
  });
});

describe('a desired document', () => {
  it('is a single-device edit with nothing in it where nothing is said', () => {
    expect(desiredBodySchema.parse({})).toEqual(emptyDesiredBody);
    expect(desiredBodySchema.parse({ settings: { ringtone: { value: 4 } } }).settings).toEqual({ ringtone: { value: 4, locked: false } });
  });

  it('keeps the versions that forbid settings for a client that may not touch the firmware', () => {
    expect(withoutFirmware(body)).toEqual({ ...body, firmware: { management: 'unmanaged', unsupportedVersions: ['1.0.0'] } });
    expect(withoutFirmware({ ...body, firmware: { management: 'managed', version: '1' } }).firmware).toEqual({ management: 'unmanaged' });
  });
});
