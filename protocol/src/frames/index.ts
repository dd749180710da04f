export * from './address.ts';
export * from './command.ts';
export * from './nack.ts';
export * from './packet.ts';
export * from './packet-view.ts';
