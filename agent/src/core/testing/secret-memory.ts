/** The secret store that tests of the core use. Through here, because the core itself, its tests included, knows no adapter. */
export { openMemorySecretStore, SecretMemory } from '../../adapters/secrets/index.ts';
