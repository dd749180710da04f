export * from './acknowledgement.ts';
export * from './bluetooth.ts';
export * from './file.ts';
export * from './firmware.ts';
export * from './identity.ts';
export * from './message.ts';
export * from './status.ts';
export * from './video.ts';
