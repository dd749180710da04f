export * from './actions.ts';
export * from './dongle/index.ts';
export * from './gnp-device.ts';
export * from './identity.ts';
export * from './settings.ts';
export * from './wire-selection.ts';
