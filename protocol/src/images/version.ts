/** The numeric triplet of a firmware version; some devices append letters, which don't count (facts F). Null for text without one. */
export function parseVersion(version: string): readonly [number, number, number] | null {
  const match = /^\s*v?(\d{1,5})\.(\d{1,5})\.(\d{1,5})(?!\d)/i.exec(version);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : null;
}

/** Negative where `a` is older than `b`, 0 where both are the same; null where one is no version. */
export function compareVersions(a: string, b: string): number | null {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  if (!left || !right) return null;
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}
