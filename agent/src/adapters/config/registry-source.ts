import type { RegistryReader } from '../../ports/registry.ts';
import { allKeys, type ConfigurationKey } from './keys.ts';
import { nearestName } from './nearest.ts';
import { sourceProblem } from './problem.ts';
import { errorCode } from './read-json.ts';
import type { ReadSource } from './source.ts';

/** Where the installer writes its properties (cli-v1). */
export const msiKey = 'HKLM\\Software\\Jabra\\JabraPlusDesktop';
/** Where Group Policy writes (cli-v1). */
export const policyKey = 'HKLM\\Software\\Policies\\Jabra\\JabraPlusDesktop';

/** A registry source, and sentences about values that nobody knows. They are no problem: the key also holds what the tray and other versions read. */
export interface RegistrySource extends ReadSource {
  readonly notes: readonly string[];
}

/**
 * The values below `registryKey` whose name is a configuration key, dotted for groups (`tls.caFile`), without regard to case; that covers the
 * installer's property names (ORGANIZATIONID, BROKERURL …). An empty one counts as unset: the installer writes one for a property that wasn't given.
 */
export async function registrySource(name: 'policy' | 'msi', registryKey: string, registry: RegistryReader): Promise<RegistrySource> {
  const values = new Map<ConfigurationKey, string | number>();
  const origin = (key: ConfigurationKey) => `registry value ${registryKey}\\${key}`;
  const source = { name, origin, baseFolder: null, values };
  let found: ReadonlyMap<string, string | number>;
  try {
    found = await registry.values(registryKey);
  } catch (error) {
    const sentence = `cannot be read (${errorCode(error)}): give the account that runs the agent permission to read it`;
    return { source, problems: [sourceProblem(`registry key ${registryKey}`, sentence)], notes: [] };
  }
  const known = new Map(allKeys.map((key) => [key.toLowerCase(), key]));
  const notes: string[] = [];
  for (const [written, value] of found) {
    const key = known.get(written.toLowerCase());
    if (key === undefined) {
      const nearest = nearestName(written, allKeys);
      notes.push(
        sourceProblem(`registry value ${registryKey}\\${written}`, `is not known to the agent and was ignored; the nearest known name is ${nearest}`)
          .message,
      );
    } else if (value !== '') {
      values.set(key, value);
    }
  }
  return { source, problems: [], notes };
}
