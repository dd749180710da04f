export * from './client.ts';
export * from './lines.ts';
export * from './messages.ts';
export * from './peer.ts';
