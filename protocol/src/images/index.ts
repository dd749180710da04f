export { englishUs, imagesFor } from './choice.ts';
export * from './crc.ts';
export * from './errors.ts';
export * from './image.ts';
export * from './problem.ts';
export * from './version.ts';
