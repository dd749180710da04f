/** How a text (environment, registry) becomes a value, and what is checked of it beyond its form. */
type KeyKind =
  | 'text'
  | 'integer'
  /** A path; relative ones are resolved by the source that names it. */
  | 'path'
  /** A path of a file that must be readable. */
  | 'file';

/** Every key of the configuration, groups with a dot. The contract's cli-v1 is where the names come from. */
export const configurationKeys = {
  organizationId: 'text',
  enrollmentToken: 'text',
  clientName: 'text',
  definitionsFile: 'file',
  brokerUrl: 'text',
  apiUrl: 'text',
  stateDir: 'path',
  logDir: 'path',
  logLevel: 'text',
  mode: 'text',
  'tls.caFile': 'file',
  'tls.certFile': 'file',
  'tls.keyFile': 'file',
  'reconnect.minMs': 'integer',
  'reconnect.maxMs': 'integer',
  'hid.driver': 'text',
  'hid.socket': 'path',
} as const satisfies Readonly<Record<string, KeyKind>>;

export type ConfigurationKey = keyof typeof configurationKeys;

export function isConfigurationKey(name: string): name is ConfigurationKey {
  return Object.hasOwn(configurationKeys, name);
}

export const allKeys: readonly ConfigurationKey[] = Object.keys(configurationKeys).filter(isConfigurationKey);

/** `tls` for `tls.caFile`. */
export const groupNames: readonly string[] = [...new Set(allKeys.filter((key) => key.includes('.')).map((key) => key.slice(0, key.indexOf('.'))))];

export const environmentPrefix = 'JABRA_AGENT_';

/** `JABRA_AGENT_TLS_CA_FILE` for `tls.caFile`. */
export function environmentName(key: ConfigurationKey): string {
  const words = key.replaceAll('.', '_').replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_');
  return environmentPrefix + words.toUpperCase();
}
