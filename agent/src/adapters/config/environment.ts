import { allKeys, environmentName, environmentPrefix } from './keys.ts';
import { nearestName } from './nearest.ts';
import { type ConfigurationProblem, keyProblem } from './problem.ts';
import type { ReadSource } from './source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const byName = () => new Map(allKeys.map((key) => [environmentName(key), key]));

/**
 * The keys that stand in the environment. An empty variable counts as unset: in a unit file or a container that is how a variable is taken back.
 * Windows' variables have no case, elsewhere they have.
 */
export function environmentSource(environment: Environment, cwd: string, platform: NodeJS.Platform): ReadSource {
  const known = byName();
  const values = new Map<(typeof allKeys)[number], string>();
  const problems: ConfigurationProblem[] = [];
  for (const [written, value] of Object.entries(environment)) {
    const name = platform === 'win32' ? written.toUpperCase() : written;
    if (!name.startsWith(environmentPrefix)) continue;
    const key = known.get(name);
    if (key === undefined) {
      const nearest = nearestName(name, [...known.keys()]);
      problems.push(
        keyProblem(written, 'environment variable', `is not known: remove it, or correct its name; the nearest known name is ${nearest}`),
      );
    } else if (value !== undefined && value !== '') {
      values.set(key, value);
    }
  }
  const source = {
    name: 'environment',
    origin: (key: (typeof allKeys)[number]) => `environment variable ${environmentName(key)}`,
    baseFolder: cwd,
    values,
  } as const;
  return { source, problems };
}
