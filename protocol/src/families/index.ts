export * from './gnp-ota/update/index.ts';
export * from './gnp-file/update/index.ts';
export * from './legacy-speak/detach/index.ts';
export * from './catalogue.ts';
export * from './registry.ts';
export * from './table.ts';
export type * from './types.ts';
export * from './update/index.ts';
