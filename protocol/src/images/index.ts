export * from './crc.ts';
export * from './image.ts';
export * from './version.ts';
