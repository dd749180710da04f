export * from './hid-target.ts';
export type * from './types.ts';
