export type { StoreErrorCode } from './errors.ts';
export { examineState } from './examine-state.ts';
export { acquireInstanceLock, examineInstanceLock, type InstanceLockResult, type LockHolder } from './instance-lock.ts';
export { MemoryDisk, openMemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { openLevelStore, type LevelStoreOptions } from './open-level-store.ts';
export { openWaitingRoom, type OpenWaitingRoom } from './waiting-room.ts';
