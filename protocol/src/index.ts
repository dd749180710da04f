export * from './bytes/index.ts';
export * from './device/index.ts';
export * from './families/index.ts';
export * from './frames/index.ts';
export * from './hid/index.ts';
export * from './messages/index.ts';
export * from './session/index.ts';
export * from './settings/index.ts';
