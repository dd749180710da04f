const workedSeconds = 60;

/** One that failed at its start would fail again, and again. */
export const isWorthARestart = (uptimeSeconds: number): boolean => uptimeSeconds >= workedSeconds;
