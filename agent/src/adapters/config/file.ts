import { allKeys, type ConfigurationKey, groupNames, isConfigurationKey } from './keys.ts';
import { nearestName } from './nearest.ts';
import { type ConfigurationProblem, keyProblem, sourceProblem } from './problem.ts';
import { readJsonFile } from './read-json.ts';
import type { ReadSource } from './source.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes the groups of a configuration document apart. Values are judged later, and only where no stronger source has another. */
function flatten(document: Readonly<Record<string, unknown>>, origin: string) {
  const values = new Map<ConfigurationKey, unknown>();
  const problems: ConfigurationProblem[] = [];
  const visit = (object: Readonly<Record<string, unknown>>, prefix: string) => {
    for (const [name, value] of Object.entries(object)) {
      const key = prefix + name;
      if (isConfigurationKey(key)) values.set(key, value);
      else if (prefix === '' && groupNames.includes(name)) {
        if (isObject(value)) visit(value, `${name}.`);
        else problems.push(keyProblem(name, origin, 'must be an object in braces'));
      } else {
        const nearest = nearestName(key, allKeys);
        problems.push(keyProblem(key, origin, `is not known: remove it, or correct its name; the nearest known name is ${nearest}`));
      }
    }
  };
  visit(document, '');
  return { values, problems };
}

/** The configuration file. `file` and `baseFolder` (its folder) are absolute. */
export async function fileSource(file: string, baseFolder: string): Promise<ReadSource> {
  const origin = `file ${file}`;
  const read = await readJsonFile(file, 'create it, or name another with --config');
  const document = read.ok && isObject(read.value) ? flatten(read.value, origin) : { values: new Map<ConfigurationKey, unknown>(), problems: [] };
  const source = { name: 'file', origin: () => origin, baseFolder, values: document.values } as const;
  if (!read.ok) return { source, problems: [sourceProblem(origin, read.sentence)] };
  if (!isObject(read.value)) return { source, problems: [sourceProblem(origin, 'must contain a JSON object in braces')] };
  return { source, problems: document.problems };
}
