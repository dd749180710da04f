/** The store that tests of the core use. Through here, because the core itself, its tests included, knows no adapter. */
export { MemoryDisk, openMemoryStore } from '../../adapters/store/index.ts';
