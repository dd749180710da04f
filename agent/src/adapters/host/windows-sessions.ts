/**
 * Whether somebody uses the session of this process, from what `qwinsta` prints; null where that doesn't say. Its words are translated, its layout isn't:
 * the line of the own session begins with `>`, and the name of the station follows at once (`console`, `rdp-tcp#4`) as long as the session is connected
 * to one. A session that another user was switched to, or whose remote desktop was closed, has none. A locked screen stays connected.
 */
export function isOwnSessionConnected(printed: string): boolean | null {
  const own = printed.split(/\r?\n/).find((line) => line.startsWith('>'));
  return own === undefined ? null : /^>\S/.test(own);
}
