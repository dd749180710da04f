import type { RegistryReader } from '../../ports/registry.ts';
import { defaultSource, pathsOf } from './defaults.ts';
import { type Environment, environmentSource } from './environment.ts';
import { fileSource } from './file.ts';
import type { ConfigurationKey } from './keys.ts';
import type { ConfigurationProblem } from './problem.ts';
import { unreadableFiles } from './readable.ts';
import { msiKey, policyKey, registrySource } from './registry-source.ts';
import { type Origins, resolveConfiguration } from './resolve.ts';
import type { Configuration } from './schema.ts';
import { type ConfigurationSource, valuesOf } from './source.ts';

export interface LoadOptions {
  /** The configuration file as it was named (relative to `cwd`), null where none was: then the other sources must say everything. */
  readonly file: string | null;
  /** Options of the command line by the key they stand for; relative paths are relative to `cwd`. */
  readonly commandLine?: Readonly<Partial<Record<ConfigurationKey, string | number>>>;
  readonly environment: Environment;
  /** Asked on Windows only. */
  readonly registry: RegistryReader;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
}

export type LoadedConfiguration =
  | {
      readonly ok: true;
      readonly configuration: Configuration;
      readonly origins: Origins;
      /** Sentences for the log: what a source holds and nobody reads. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

function commandLineSource({ commandLine = {}, cwd }: LoadOptions): ConfigurationSource {
  return { name: 'command-line', origin: () => 'command line', baseFolder: cwd, values: valuesOf(commandLine) };
}

/**
 * Reads every source of the configuration and merges them (contract cli-v1). Paths may be relative: in the file to the file's own folder, in the
 * environment and on the command line to `cwd`; in the registry they must be absolute. Problems come all at once, each a line of its own.
 * The result holds the enrolment token: tell the log (`addSecret`) before anything is logged.
 */
export async function loadConfiguration(options: LoadOptions): Promise<LoadedConfiguration> {
  const { environment, registry, cwd, platform } = options;
  const paths = pathsOf(platform);
  const file = options.file === null ? null : paths.resolve(cwd, options.file);
  const [fromFile, fromPolicy, fromMsi] = await Promise.all([
    file === null ? null : fileSource(file, paths.dirname(file)),
    platform === 'win32' ? registrySource('policy', policyKey, registry) : null,
    platform === 'win32' ? registrySource('msi', msiKey, registry) : null,
  ]);
  const read = [environmentSource(environment, cwd, platform), fromFile, fromPolicy, fromMsi].filter((source) => source !== null);
  const problems = read.flatMap((each) => each.problems);
  // A source that couldn't be read would show up again as "missing" for each of its keys.
  if (problems.some(({ key }) => key === null)) return { ok: false, problems };
  const sources = [commandLineSource(options), ...read.map(({ source }) => source), defaultSource(platform, environment)];
  const resolution = resolveConfiguration(sources, paths);
  if (!resolution.ok) return { ok: false, problems: [...problems, ...resolution.problems] };
  const { configuration, origins } = resolution;
  problems.push(...(await unreadableFiles(configuration, origins)));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, configuration, origins, notes: fromPolicy?.notes ?? [] };
}
