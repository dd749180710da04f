import { posix } from 'node:path';
import { expect, test } from 'vitest';

import { allKeys, type ConfigurationKey } from './keys.ts';
import { resolveConfiguration } from './resolve.ts';
import { configurationSchema } from './schema.ts';
import { type ConfigurationSource, sourceNames, type SourceName, valuesOf } from './source.ts';

type Values = Partial<Record<ConfigurationKey, unknown>>;

const source = (name: SourceName, values: Values, baseFolder: string | null = null): ConfigurationSource => ({
  name,
  origin: (key) => `${name}'s ${key}`,
  baseFolder,
  values: valuesOf(values),
});

const complete: Values = {
  organizationId: 'acme',
  brokerUrl: 'mqtts://platform.example:8883',
  stateDir: '/state',
  logDir: '/logs',
  logLevel: 'info',
  mode: 'personal',
  'reconnect.minMs': 1000,
  'reconnect.maxMs': 1_800_000,
  'hid.driver': 'node-hid',
};

/** The problems of a configuration that is complete but for `values`. */
function problems(values: Values, name: SourceName = 'file'): readonly string[] {
  const resolution = resolveConfiguration([source(name, values), source('default', complete)], posix);
  return resolution.ok ? [] : resolution.problems.map(({ message }) => message);
}

test('a complete set of values is a configuration with every key in its place', () => {
  const resolution = resolveConfiguration([source('file', complete)], posix);
  expect(resolution).toMatchObject({ ok: true, origins: { brokerUrl: { source: 'file', origin: "file's brokerUrl" } } });
  expect(resolution.ok && resolution.configuration).toEqual({
    organizationId: 'acme',
    enrollmentToken: null,
    clientName: null,
    definitionsFile: null,
    brokerUrl: 'mqtts://platform.example:8883',
    apiUrl: null,
    stateDir: '/state',
    logDir: '/logs',
    logLevel: 'info',
    mode: 'personal',
    tls: { caFile: null, certFile: null, keyFile: null },
    reconnect: { minMs: 1000, maxMs: 1_800_000 },
    hid: { driver: 'node-hid' },
  });
});

test('each key of the table stands in the schema, and the other way round', () => {
  const leaves = Object.entries(configurationSchema.shape).flatMap(([name, schema]) => {
    if (name === 'hid') return ['hid.driver', 'hid.socket'];
    return 'shape' in schema ? Object.keys(schema.shape).map((inner) => `${name}.${inner}`) : [name];
  });
  expect(leaves.toSorted()).toEqual([...allKeys].toSorted());
});

test.each(sourceNames.slice(0, -1).map((name, index) => [name, sourceNames[index + 1]] as const))('%s wins over %s', (stronger, weaker) => {
  const sources = [source(weaker ?? 'default', { ...complete, organizationId: 'weak' }), source(stronger, { organizationId: 'strong' })];
  for (const order of [sources, sources.toReversed()]) {
    const resolution = resolveConfiguration(order, posix);
    expect(resolution.ok && resolution.configuration.organizationId).toBe('strong');
    expect(resolution.ok && resolution.origins.organizationId?.source).toBe(stronger);
  }
});

test('null leaves a key to the weaker sources', () => {
  const resolution = resolveConfiguration(
    [source('file', { clientName: null }), source('msi', { clientName: 'Sales' }), source('default', complete)],
    posix,
  );
  expect(resolution.ok && resolution.configuration.clientName).toBe('Sales');
});

test('a bad value that a stronger source overrides is no problem', () => {
  const sources = [source('policy', { brokerUrl: 'wss://good.example' }), source('msi', { brokerUrl: 'http://bad' }), source('default', complete)];
  expect(resolveConfiguration(sources, posix)).toMatchObject({ ok: true, configuration: { brokerUrl: 'wss://good.example' } });
});

test('organisation and broker must come from somewhere, and the message says where they can be set', () => {
  const resolution = resolveConfiguration([source('default', { ...complete, organizationId: undefined, brokerUrl: undefined })], posix);
  expect(resolution.ok ? [] : resolution.problems.map(({ key }) => key)).toEqual(['organizationId', 'brokerUrl']);
  expect(resolution.ok || resolution.problems[0]?.message).toBe(
    'organizationId (not set) is missing: set it in the configuration file or as JABRA_AGENT_ORGANIZATION_ID',
  );
});

test.each<[Values, string]>([
  [{ organizationId: 'acme corp' }, "organizationId (file's organizationId) must be 1 to 64 of the characters"],
  [{ organizationId: 'x'.repeat(65) }, 'organizationId'],
  [{ organizationId: 12 }, "organizationId (file's organizationId) must be text in quotes"],
  [{ enrollmentToken: '' }, 'enrollmentToken'],
  [{ enrollmentToken: 'token\n' }, 'line break'],
  [{ clientName: 'x'.repeat(201) }, 'longer than 200'],
  [{ brokerUrl: 'mqtt://platform.example' }, "brokerUrl (file's brokerUrl) is not encrypted"],
  [{ logLevel: 'verbose' }, "logLevel (file's logLevel) must be one of error, warn, info, debug"],
  [{ mode: 'desk' }, 'must be one of personal, room'],
  [{ 'reconnect.minMs': 0 }, 'from 10 to 86400000'],
  [{ 'reconnect.minMs': 1.5 }, 'from 10 to 86400000'],
  [{ 'reconnect.maxMs': '1000' }, 'from 100 to 86400000'],
  [{ 'reconnect.maxMs': 86_400_001 }, 'from 100 to 86400000'],
  [{ 'reconnect.minMs': 5000, 'reconnect.maxMs': 4000 }, "reconnect.minMs (file's reconnect.minMs) is 5000, more than reconnect.maxMs 4000"],
  [{ 'tls.certFile': '/c.pem' }, "tls.certFile (file's tls.certFile) needs tls.keyFile"],
  [{ 'tls.keyFile': '/k.pem' }, "tls.keyFile (file's tls.keyFile) needs tls.certFile"],
  [{ 'hid.driver': 'libusb' }, "hid.driver (file's hid.driver) must be one of node-hid, virtual"],
  [{ 'hid.driver': 'virtual' }, 'hid.socket (not set) is missing'],
  [{ stateDir: 'relative' }, "stateDir (file's stateDir) must be an absolute path"],
  [{ stateDir: '' }, 'must not be empty'],
])('%j is one problem', (values, message) => {
  const found = problems(values);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
  expect(found[0]).not.toMatch(/[\r\n]/);
});

test('several problems come together, one for each key', () => {
  expect(problems({ organizationId: '', mode: 'x', 'reconnect.minMs': -1 })).toHaveLength(3);
});

test('texts of the environment and numbers of the registry become what the key needs', () => {
  const sources = [
    source('policy', { 'reconnect.minMs': 250, organizationId: 4711 }),
    source('environment', { 'reconnect.maxMs': '60000' }),
    source('default', complete),
  ];
  expect(resolveConfiguration(sources, posix)).toMatchObject({
    ok: true,
    configuration: { organizationId: '4711', reconnect: { minMs: 250, maxMs: 60_000 } },
  });
});

test.each(['1e3', '0x10', ' 5', '', '-5', '1.0'])('the text %j is no number of milliseconds', (text) => {
  expect(problems({ 'reconnect.minMs': text }, 'environment')).toHaveLength(1);
});

test('relative paths are relative to the folder of their source', () => {
  const sources = [
    source('environment', { stateDir: 'state' }, '/srv'),
    source('file', { 'tls.caFile': 'ca.pem', 'hid.driver': 'virtual', 'hid.socket': '../vhid.sock' }, '/etc/jabra'),
    source('default', complete),
  ];
  expect(resolveConfiguration(sources, posix)).toMatchObject({
    ok: true,
    configuration: { stateDir: '/srv/state', tls: { caFile: '/etc/jabra/ca.pem' }, hid: { driver: 'virtual', socket: '/etc/vhid.sock' } },
  });
});

test('logs go below a state folder that was chosen, unless they have a folder of their own', () => {
  const chosen = resolveConfiguration([source('file', { stateDir: '/mine' }), source('default', complete)], posix);
  expect(chosen.ok && chosen.configuration.logDir).toBe('/mine/logs');
  const both = resolveConfiguration([source('file', { stateDir: '/mine', logDir: '/elsewhere' }), source('default', complete)], posix);
  expect(both.ok && both.configuration.logDir).toBe('/elsewhere');
});

test('the socket of the virtual driver is ignored where a stronger source chose the real one', () => {
  const sources = [
    source('environment', { 'hid.driver': 'node-hid' }),
    source('file', { 'hid.driver': 'virtual', 'hid.socket': '/s' }),
    source('default', complete),
  ];
  expect(resolveConfiguration(sources, posix)).toMatchObject({ ok: true, configuration: { hid: { driver: 'node-hid' } } });
});
