/** What a window and main of the tray app say to each other: schemas, and the two ends derived from them. */
export * from './channels.ts';
export * from './common.ts';
export * from './contract.ts';
export * from './device.ts';
export * from './docs.ts';
export * from './firmware.ts';
export * from './help.ts';
export * from './main-end.ts';
export * from './page-end.ts';
export * from './pairing.ts';
export * from './preferences.ts';
export * from './sent.ts';
export * from './settings.ts';
export * from './state.ts';
export * from './status.ts';
export * from './wire.ts';
