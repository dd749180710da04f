export * from './address.ts';
export * from './command.ts';
export * from './nack.ts';
export * from './packet.ts';
