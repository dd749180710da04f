export const dayMs = 24 * 3_600_000;
/** Contract of the product with the people at the PC; older entries go. */
export const keepDays = 30;
/** All files together. A busy PC with five devices writes about a fifth of it in 30 days. */
export const maxBytes = 32_000_000;
/** A new file is begun with each day and when one is full, so that old entries go by whole files. */
export const maxSegmentBytes = 1_000_000;
