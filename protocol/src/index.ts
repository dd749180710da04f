export * from './session/clock.ts';
export * from './session/hid-port.ts';
