import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SentHistory, SentRecord } from '../../ports/sent-log.ts';
import { keepDays, dayMs } from './limits.ts';
import { parseLine } from './line.ts';
import { codeOf, listSegments, type Segment } from './segments.ts';

/** The log can't be read by this account. */
class SentLogError extends Error {
  override readonly name = 'SentLogError';
  readonly code = 'unreadable';
}

/** Null where it was deleted meanwhile, for its age. */
async function textOf(folder: string, { name }: Segment): Promise<string | null> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Newest first, as they were sent; the clock may have been set in between. */
function asSent(records: readonly SentRecord[]): readonly SentRecord[] {
  const runs: SentRecord[][] = [];
  for (const record of records) {
    const last = runs.at(-1);
    if (last?.[0]?.run === record.run) last.push(record);
    else runs.push([record]);
  }
  return runs.flatMap((run) => run.toSorted((a, b) => b.number - a.number));
}

/**
 * What the log in `folder` tells of the last 30 days, newest first. It may be written meanwhile: a line that isn't whole yet is left for the next
 * time. Rejects with SentLogError.
 */
export async function readSentLog(folder: string, now: number): Promise<SentHistory> {
  const since = new Date(now - keepDays * dayMs).toISOString();
  const records: SentRecord[] = [];
  let unreadable = 0;
  let incompleteBefore: string | null = null;
  try {
    const segments = (await listSegments(folder)).toReversed();
    for (const [age, segment] of segments.entries()) {
      const lines = (await textOf(folder, segment))?.split('\n') ?? [];
      // What follows the last line break: nothing, or the beginning of a line.
      const open = lines.pop() ?? '';
      if (age > 0 && open !== '') lines.push(open);
      for (const text of lines.toReversed()) {
        const line = text === '' ? undefined : parseLine(text);
        if (line === undefined) continue;
        if (line === null) unreadable += 1;
        else if ('record' in line) {
          if (line.record.at >= since) records.push(line.record);
        } else if (line.incompleteBefore >= since && (incompleteBefore === null || line.incompleteBefore > incompleteBefore))
          ({ incompleteBefore } = line);
      }
    }
  } catch (error) {
    throw new SentLogError(`the log of what was sent, in ${folder}, cannot be read (${codeOf(error)})`, { cause: error });
  }
  return { records: asSent(records), unreadable, incompleteBefore };
}
