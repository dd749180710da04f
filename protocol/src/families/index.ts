export * from './legacy-speak/detach/index.ts';
export * from './registry.ts';
export type * from './types.ts';
