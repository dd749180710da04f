export * from './address.ts';
export type { RadioHeadset } from './headset.ts';
export * from './pairings.ts';
export * from './radio.ts';
export * from './timing.ts';
