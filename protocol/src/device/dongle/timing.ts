/** How long a dongle is waited for, in milliseconds. None of it is public but the tool's word that a search and a connection are ended by an event. */
export interface DongleTiming {
  /** From the start of a search to its end event. */
  readonly searchMs: number;
  readonly pairMs: number;
  readonly connectMs: number;
  readonly disconnectMs: number;
  /** Until the list shows what was removed or cleared. */
  readonly forgetMs: number;
  /** An event may get lost: the list is asked again after this time. */
  readonly pollMs: number;
}

export const dongleTiming: DongleTiming = {
  searchMs: 60_000,
  pairMs: 30_000,
  connectMs: 20_000,
  disconnectMs: 10_000,
  forgetMs: 5000,
  pollMs: 1000,
};
