/** With what devices take they stay below the 5 s that the contract gives an agent to end; a goodbye has three steps. Milliseconds. */
export const endMs = { lastEvent: 400, goodbyeStep: 800, goodbye: 2400, state: 500 } as const;

/**
 * Of a client that was revoked, which does not end. The disk has so long before the platform is told; what that doesn't acknowledge it never hears, since
 * nobody connects again to repeat it. Milliseconds.
 */
export const revokedMs = { disk: 2000, goodbyeStep: 30_000 } as const;
