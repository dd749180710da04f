export { systemClientKeys } from './client-keys.ts';
