export { syncFolder } from './sync-folder.ts';
export { systemCode, systemReason } from './system-code.ts';
