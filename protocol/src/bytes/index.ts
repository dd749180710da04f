export * from './blocks.ts';
export * from './cursor.ts';
export * from './errors.ts';
export * from './fields.ts';
export * from './hex.ts';
export * from './utf8.ts';
