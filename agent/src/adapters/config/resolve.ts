import type { posix } from 'node:path';

import { allKeys, type ConfigurationKey, configurationKeys, environmentName, isConfigurationKey } from './keys.ts';
import { type ConfigurationProblem, keyProblem } from './problem.ts';
import { type Configuration, configurationSchema } from './schema.ts';
import { type ConfigurationSource, type SourceName, sourceNames } from './source.ts';

/** Which source a value came from, and where it stands there. */
export interface ValueOrigin {
  readonly source: SourceName;
  readonly origin: string;
}

export type Origins = Readonly<Partial<Record<ConfigurationKey, ValueOrigin>>>;

export type Resolution =
  | { readonly ok: true; readonly configuration: Configuration; readonly origins: Origins }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

interface Winner extends ValueOrigin {
  readonly value: unknown;
}

type Paths = Pick<typeof posix, 'isAbsolute' | 'join' | 'resolve'>;

/** Environment and registry know texts (and the registry numbers): what should be a number is made one, and the other way round. */
function fitted(key: ConfigurationKey, value: unknown, source: ConfigurationSource, paths: Paths): unknown {
  const kind = configurationKeys[key];
  if (source.name === 'file') return kind === 'path' || kind === 'file' ? absolute(value, source, paths) : value;
  if (kind === 'integer') return typeof value === 'string' && /^[0-9]{1,15}$/.test(value) ? Number(value) : value;
  const text = typeof value === 'number' ? String(value) : value;
  return kind === 'text' ? text : absolute(text, source, paths);
}

function absolute(value: unknown, source: ConfigurationSource, paths: Paths): unknown {
  if (typeof value !== 'string' || value === '' || paths.isAbsolute(value) || source.baseFolder === null) return value;
  return paths.resolve(source.baseFolder, value);
}

function winnersOf(sources: readonly ConfigurationSource[], paths: Paths): Map<ConfigurationKey, Winner> {
  const strongestFirst = sourceNames.flatMap((name) => sources.filter((source) => source.name === name));
  const winners = new Map<ConfigurationKey, Winner>();
  for (const key of allKeys) {
    const source = strongestFirst.find(({ values }) => (values.get(key) ?? null) !== null);
    if (source) winners.set(key, { source: source.name, origin: source.origin(key), value: fitted(key, source.values.get(key), source, paths) });
  }
  const stateDir = winners.get('stateDir');
  const logDir = winners.get('logDir');
  // Whoever gives the state a folder of its own means the logs as well, unless told otherwise.
  const chosen =
    stateDir && stateDir.source !== 'default' && typeof stateDir.value === 'string' && paths.isAbsolute(stateDir.value) ? stateDir.value : null;
  if (chosen !== null && logDir?.source === 'default') winners.set('logDir', { ...logDir, value: paths.join(chosen, 'logs') });
  // The socket belongs to the virtual driver; a stronger source may have chosen the other one.
  if (winners.get('hid.driver')?.value === 'node-hid') winners.delete('hid.socket');
  return winners;
}

function nested(winners: ReadonlyMap<ConfigurationKey, Winner>): Record<string, unknown> {
  const document: Record<string, unknown> = {};
  const groups = new Map<string, Record<string, unknown>>();
  for (const key of allKeys) {
    const [first = key, second] = key.split('.');
    const value = winners.get(key)?.value;
    if (second === undefined) {
      document[first] = value ?? null;
      continue;
    }
    if (first === 'hid' && value === undefined) continue;
    const group = groups.get(first) ?? {};
    groups.set(first, group);
    group[second] = value ?? null;
    document[first] = group;
  }
  return document;
}

function missing(key: ConfigurationKey): string {
  if (key === 'hid.socket') return 'is missing: hid.driver "virtual" needs the socket of the virtual bus';
  return `is missing: set it in the configuration file or as ${environmentName(key)}`;
}

/** What zod can't say: problems between two keys. */
function relations(configuration: Configuration): readonly (readonly [ConfigurationKey, string])[] {
  const { tls, reconnect } = configuration;
  const found: (readonly [ConfigurationKey, string])[] = [];
  if (tls.certFile !== null && tls.keyFile === null)
    found.push(['tls.certFile', 'needs tls.keyFile beside it: a client certificate is used with its private key']);
  if (tls.keyFile !== null && tls.certFile === null)
    found.push(['tls.keyFile', 'needs tls.certFile beside it: a private key is used with its client certificate']);
  if (reconnect.minMs > reconnect.maxMs)
    found.push(['reconnect.minMs', `is ${reconnect.minMs}, more than reconnect.maxMs ${reconnect.maxMs}: make it smaller`]);
  return found;
}

/**
 * Merges what the sources give, the strongest first (policy, command line, environment, file, MSI, defaults), and checks the result. A value that
 * a stronger source overrides is not judged, so that a policy can repair what an installer wrote. `paths` is `node:path`'s `posix` or `win32`.
 */
export function resolveConfiguration(sources: readonly ConfigurationSource[], paths: Paths): Resolution {
  const winners = winnersOf(sources, paths);
  const originOf = (key: ConfigurationKey) => winners.get(key)?.origin ?? 'not set';
  const problems = new Map<string, ConfigurationProblem>();
  const report = (key: ConfigurationKey, sentence: string) => {
    if (!problems.has(key)) problems.set(key, keyProblem(key, originOf(key), sentence));
  };
  for (const key of allKeys) {
    const value = winners.get(key)?.value;
    const isPath = configurationKeys[key] === 'path' || configurationKeys[key] === 'file';
    if (isPath && typeof value === 'string' && value !== '' && !paths.isAbsolute(value)) report(key, 'must be an absolute path');
  }
  const parsed = configurationSchema.safeParse(nested(winners));
  for (const issue of parsed.success ? [] : parsed.error.issues) {
    const path = issue.path.join('.');
    const key = isConfigurationKey(path) ? path : 'hid.driver';
    report(key, winners.has(key) ? issue.message : missing(key));
  }
  for (const [key, sentence] of parsed.success ? relations(parsed.data) : []) report(key, sentence);
  if (!parsed.success || problems.size > 0) return { ok: false, problems: [...problems.values()] };
  const origins: Origins = Object.fromEntries([...winners].map(([key, { source, origin }]) => [key, { source, origin }]));
  return { ok: true, configuration: parsed.data, origins };
}
