export * from './inputs.ts';
export { updateLimits } from './limits.ts';
export * from './state.ts';
export * from './transition.ts';
