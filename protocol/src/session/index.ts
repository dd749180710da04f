export * from './buffered-channel.ts';
export * from './cancel.ts';
export * from './clock.ts';
export * from './errors.ts';
export * from './hid-port.ts';
export * from './session.ts';
export * from './timing.ts';
