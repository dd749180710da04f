export * from './gnp-device.ts';
export * from './identity.ts';
export * from './settings.ts';
export * from './version.ts';
export * from './wire-selection.ts';
