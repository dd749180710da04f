export * from './image.ts';
export * from './version.ts';
