/** Configuration of the agent: file, environment, registry and defaults, merged and checked; and the operator's definitions file. */
export { defaultFolders } from './defaults.ts';
export { type Definitions, loadDefinitions, type OperatorMapping, type SettingRules } from './definitions.ts';
export { type Environment } from './environment.ts';
export { type ConfigurationKey } from './keys.ts';
export { loadConfiguration, type LoadedConfiguration, type LoadOptions } from './load.ts';
export { systemRegistry } from './native-registry.ts';
export { type ConfigurationProblem } from './problem.ts';
export { type Origins, type ValueOrigin } from './resolve.ts';
export { type Configuration } from './schema.ts';
export { type ConfigurationSource, type SourceName } from './source.ts';
