/** A package that lies on the disk, whole or begun. */
export interface Lying {
  readonly name: string;
  /** On the disk now. */
  readonly bytes: number;
  /** What it will have when it is there; for a download that runs the whole package. */
  readonly reserved: number;
  /** When something of it was last written, Unix milliseconds. */
  readonly changedAt: number;
  readonly isWanted: boolean;
}

export interface RoomLimits {
  /** All packages together. */
  readonly capBytes: number;
  /** What must stay free on the disk. */
  readonly floorBytes: number;
}

export interface RoomPlan {
  /** Whether there is room when these are gone. */
  readonly fits: boolean;
  readonly evict: readonly string[];
}

/** What has to go so that `missing` more bytes find room: what nobody wants, oldest first, and no more than needed. */
export function planRoom(missing: number, lying: readonly Lying[], freeBytes: number | null, limits: RoomLimits): RoomPlan {
  const evict: string[] = [];
  let used = lying.reduce((sum, { bytes, reserved }) => sum + Math.max(bytes, reserved), 0);
  // What runs will still be written.
  const outstanding = lying.reduce((sum, { bytes, reserved }) => sum + Math.max(0, reserved - bytes), 0);
  let free = freeBytes === null ? Infinity : freeBytes - outstanding;
  const fits = (): boolean => used + missing <= limits.capBytes && free - missing >= limits.floorBytes;
  const unwanted = lying.filter(({ isWanted }) => !isWanted).toSorted((a, b) => a.changedAt - b.changedAt);
  for (const { name, bytes } of unwanted) {
    if (fits()) break;
    evict.push(name);
    used -= bytes;
    free += bytes;
  }
  return fits() ? { fits: true, evict } : { fits: false, evict: [] };
}
