export * from './errors.ts';
export * from './format.ts';
export * from './fwupd-emulation.ts';
export type * from './model.ts';
export * from './parse.ts';
export * from './record.ts';
export * from './replay.ts';
