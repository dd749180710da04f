import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the log: entries of one day (UTC), or of a part of it. */
export interface Segment {
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** Grows by one from file to file, whatever the clock says. */
  readonly sequence: number;
  readonly bytes: number;
}

const namePattern = /^sent-(\d{4}-\d{2}-\d{2})-(\d{8})\.jsonl$/;

export const segmentName = (day: string, sequence: number): string => `sent-${day}-${String(sequence).padStart(8, '0')}.jsonl`;

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason';
}

/** The files of the log, oldest first; none where the folder isn't there. Anything but a plain file is left alone. */
export async function listSegments(folder: string): Promise<readonly Segment[]> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const found = names.map(async (name): Promise<readonly Segment[]> => {
    const [, day = '', sequence = ''] = namePattern.exec(name) ?? [];
    if (day === '') return [];
    // Deleted meanwhile, for its age.
    const stats = await lstat(join(folder, name)).catch(() => null);
    return stats?.isFile() === true ? [{ name, day, sequence: Number(sequence), bytes: stats.size }] : [];
  });
  return (await Promise.all(found)).flat().toSorted((a, b) => a.sequence - b.sequence);
}
