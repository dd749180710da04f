export * from './entropy.ts';
export * from './examination.ts';
export * from './host.ts';
export * from './log.ts';
export * from './platform-link.ts';
export * from './store.ts';
export * from './registry.ts';
