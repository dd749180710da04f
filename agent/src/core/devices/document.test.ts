import { findFamily, findProduct } from '@jpd/protocol';
import { describe, expect, it } from 'vitest';
import { type DeviceDocument, deviceSchema, payloadExamples } from '../../contract/index.ts';
import { composeDocument, type DeviceFacts, factsOf, isPending, modelOf, saysTheSame } from './document.ts';
import { firmwareStatus } from '../firmware/status.ts';
import type { DesiredRecord } from './record.ts';
import type { Route } from './route.ts';

const now = Date.UTC(2026, 10, 22, 8);
const facts: DeviceFacts = {
  deviceId: '24da-70bf92123456',
  model: payloadExamples.devices.model,
  serial: '70BF92123456',
  version: '1.8.13',
  connection: payloadExamples.devices.connection,
  battery: { level: 83, charging: false, low: false },
  values: { sidetoneLevel: 3, inCallBusylight: true },
  locked: ['sidetoneLevel'],
  errors: [],
  applied: { revision: 7, settings: { sidetoneLevel: { value: 3, locked: true } } },
  readAt: null,
};
const desired = (revision: number, waitsForLogin: string | null = null): DesiredRecord => ({
  document: { ...payloadExamples.desired, revision, firmware: { management: 'managed', version: '1.8.13' } },
  waitsForLogin,
});
const compose = (known: DeviceFacts, record: DesiredRecord | null, revision: number, at: number): DeviceDocument =>
  composeDocument(known, record, firmwareStatus(known.version, record?.document.firmware ?? null, true), revision, at);
const error = { key: 'sidetoneLevel', code: 'device-timeout', message: 'no answer' } as const;

describe('a device document', () => {
  it('is the contract’s example, field by field', () => {
    expect(compose(facts, desired(7), 12, now)).toEqual(payloadExamples.devices);
  });

  it('has both revisions null where nothing was ever desired', () => {
    const { settings, firmware } = compose({ ...facts, applied: null, locked: [] }, null, 1, now);
    expect(settings).toMatchObject({ desiredRevision: null, appliedRevision: null, state: 'in-sync', locked: [], errors: [] });
    expect(firmware.status).toBe('unmanaged');
  });

  it.each<[string, DeviceFacts['applied'], DeviceFacts['errors'], DesiredRecord | null, DeviceDocument['settings']['state']]>([
    ['nothing is desired', null, [], null, 'in-sync'],
    ['the applied revision is the desired one', facts.applied, [], desired(7), 'in-sync'],
    ['the applied revision left errors', facts.applied, [error], desired(7), 'failed'],
    ['a first revision waits for a login', null, [], desired(7, 'login-1'), 'pending-login'],
    ['a newer revision waits for a login', facts.applied, [], desired(8, 'login-1'), 'pending-login'],
    ['a newer revision waits for a login, and the applied one left errors', facts.applied, [error], desired(8, 'login-1'), 'pending-login'],
    ['a released revision waits for the device', facts.applied, [], desired(8), 'pending-device'],
    ['a released revision waits for the device, and the applied one left errors', facts.applied, [error], desired(8), 'pending-device'],
    ['revision 0 waits for the device', null, [], desired(0), 'pending-device'],
    ['the applied revision came in this login session', facts.applied, [], desired(7, 'login-1'), 'in-sync'],
  ])('where %s', (_, applied, errors, record, state) => {
    const document = compose({ ...facts, applied, errors }, record, 1, now);
    expect(document.settings).toMatchObject({
      state,
      desiredRevision: record?.document.revision ?? null,
      appliedRevision: applied?.revision ?? null,
    });
    expect(deviceSchema.safeParse(document).success).toBe(true);
  });

  it('takes the firmware from the desired document, applied or not: firmware waits for no login', () => {
    const record = desired(8, 'login-1');
    const firmware = { management: 'managed', version: '1.11.7' } as const;
    expect(compose(facts, { ...record, document: { ...record.document, firmware } }, 1, now).firmware).toMatchObject({
      status: 'available',
      targetVersion: '1.11.7',
    });
  });

  it('comes out the same of the facts it is remembered as', () => {
    const document = compose(facts, desired(7), 12, now);
    expect(compose(factsOf(document, facts.applied), desired(7), 12, now)).toEqual(document);
  });
});

describe('a revision', () => {
  it('waits while it is newer than the applied one', () => {
    expect(isPending(null, null)).toBe(false);
    expect(isPending(null, desired(0))).toBe(true);
    expect(isPending(facts.applied, desired(8))).toBe(true);
    expect(isPending(facts.applied, desired(7))).toBe(false);
    expect(isPending(facts.applied, desired(6))).toBe(false);
    expect(isPending(facts.applied, null)).toBe(false);
  });
});

describe('two documents', () => {
  const document = compose(facts, desired(7), 12, now);

  it('say the same whatever their revision, their time and the order of their fields', () => {
    const again = compose({ ...facts, values: { inCallBusylight: true, sidetoneLevel: 3 } }, desired(7), 13, now + 1);
    expect(saysTheSame(document, again)).toBe(true);
    expect(saysTheSame(document, JSON.parse(JSON.stringify(document)) as DeviceDocument)).toBe(true);
  });

  it.each<[string, Partial<DeviceFacts>]>([
    ['a value', { values: { sidetoneLevel: 0, inCallBusylight: true } }],
    ['a value that is gone', { values: { sidetoneLevel: 3 } }],
    ['the level', { battery: { level: 82, charging: false, low: false } }],
    ['the connection', { connection: { ...facts.connection, status: 'disconnected' } }],
    ['what is locked', { locked: [] }],
    ['an error', { errors: [error] }],
    ['the version', { version: '1.8.14' }],
    ['the serial', { serial: null }],
  ])('differ by %s', (_, change) => {
    expect(saysTheSame(document, compose({ ...facts, ...change }, desired(7), 12, now))).toBe(false);
  });

  it('differ by the order of a list', () => {
    const [a, b] = [
      ['sidetoneLevel', 'voiceGuidance'],
      ['voiceGuidance', 'sidetoneLevel'],
    ].map((locked) => compose({ ...facts, locked }, desired(7), 12, now));
    expect(a && b && saysTheSame(a, b)).toBe(false);
  });
});

describe('the model', () => {
  const route = (productId: number, name: string | null, dfuProductId: number | null = productId): Route => ({
    key: 'usb:1-2',
    transport: 'usb',
    parentKey: null,
    physicalPort: '1-2',
    productId,
    family: findProduct(productId)?.family ?? null,
    identity: { name, serial: null, version: null, dfuProductId, updateProtocol: null, complete: true },
    device: null,
    arrival: 0,
  });

  it('has the name that the device gives, then the product’s, then the family’s', () => {
    expect(modelOf(route(0x24da, 'Jabra Evolve2 75 UC'), 'Jabra Evolve2 75').name).toBe('Jabra Evolve2 75 UC');
    expect(modelOf(route(0x24da, null), 'Jabra Evolve2 75').name).toBe('Jabra Evolve2 75');
    expect(modelOf(route(0x24da, null), null).name).toBe(findFamily('evolve2-75')?.name);
  });

  it('of an unknown product has its number, and is taken for a headset', () => {
    expect(modelOf(route(0x7abc, null, null), null)).toEqual({
      vendorId: 0x0b0e,
      productId: 0x7abc,
      name: 'Jabra device 7ABC',
      family: 'unknown',
      formFactor: 'headset',
      dfuProductId: null,
    });
  });

  it('tells both product ids where they differ', () => {
    expect(modelOf(route(0x3012, null, 0x3010), null)).toMatchObject({ productId: 0x3012, dfuProductId: 0x3010, formFactor: 'video-bar' });
  });
});
