export { Flash } from './flash.ts';
export * from './traits.ts';
