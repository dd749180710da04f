export * from './bluetooth-address.ts';
export * from './child-headset.ts';
export * from './dongle.ts';
export type { ConnectionEvent } from './link.ts';
export { longestPairedList, type PairedHeadset, type PairedList, type PairedListOptions, readPairedList } from './paired-list.ts';
export * from './pairing.ts';
export * from './selection.ts';
export type { FoundHeadset, SearchOptions, SearchResult } from './search.ts';
export { type DongleTiming, dongleTiming } from './timing.ts';
