import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer } from '@jpd/protocol';
import type { Log } from '../../ports/log.ts';
import type { SentHistory, SentLog, SentRecord } from '../../ports/sent-log.ts';
import { dayMs, keepDays, maxBytes, maxSegmentBytes } from './limits.ts';
import { gapLine, parseLine, recordLine } from './line.ts';
import { readSentLog } from './read.ts';
import { listSegments, type Segment, segmentName } from './segments.ts';

/** Lines wait this long for others to be written with, so that the disk isn't woken for each of them; a kill loses them. */
const gatherMs = 1000;
/** Or until there are so many. */
const gatherCharacters = 250_000;
/** A disk that hangs must not fill the memory. */
const maxWaitingCharacters = 4_000_000;

export interface SentLogOptions {
  /** Made if need be, for this account only. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** All files together; one more line may pass it. */
  readonly maxBytes?: number;
  readonly maxSegmentBytes?: number;
}

type Limits = Required<Pick<SentLogOptions, 'maxBytes' | 'maxSegmentBytes'>>;

const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);
/** The first day of which something may still be younger than 30 days. */
const oldestDay = (now: number): string => dayOf(now - keepDays * dayMs);

/** When the first entry of a file was sent, Unix milliseconds. */
async function firstAt(path: string, otherwise: number): Promise<number> {
  for (const text of (await readFile(path, 'utf8')).split('\n')) {
    const line = parseLine(text);
    if (line !== null && 'record' in line) return Date.parse(line.record.at);
  }
  return otherwise;
}

/** The log of what was sent as JSON lines, readable by other processes of this account at any time. One process at a time writes it. */
class SentLogFiles implements SentLog {
  readonly #options: SentLogOptions;
  readonly #limits: Limits;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #timer: Timer | null = null;
  #writing: Promise<void> = Promise.resolve();
  /** The file that is written, and its size; null before the first line and after a failure. */
  #current: Segment | null = null;
  /** Lines could not be written and this was not told yet. */
  #hasGap = false;
  #isFailing = false;

  constructor(options: SentLogOptions) {
    this.#options = options;
    this.#limits = { maxBytes: options.maxBytes ?? maxBytes, maxSegmentBytes: options.maxSegmentBytes ?? maxSegmentBytes };
  }

  append(record: SentRecord): void {
    const line = recordLine(record);
    if (this.#waitingCharacters + line.length > maxWaitingCharacters) {
      this.#hasGap = true;
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    if (this.#waitingCharacters > gatherCharacters) void this.flush();
    else this.#timer ??= this.#options.clock.setTimer(gatherMs, () => void this.flush());
  }

  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  async read(): Promise<SentHistory> {
    await this.flush();
    return readSentLog(this.#options.folder, this.#options.clock.now());
  }

  async #writeAll(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    try {
      if (this.#hasGap) lines.unshift(gapLine(this.#options.clock.now()));
      await this.#write(lines);
      this.#hasGap = false;
      this.#isFailing = false;
    } catch (error) {
      this.#hasGap = true;
      this.#current = null;
      // People's devices go on working, and the platform is told as before, when this disk is full.
      if (!this.#isFailing) this.#options.log.warn('the log of what was sent cannot be written', { error });
      this.#isFailing = true;
    }
  }

  async #write(lines: readonly string[]): Promise<void> {
    let rest = lines;
    while (rest.length > 0) {
      const { segment, isNew, prefix } = await this.#segment(Buffer.byteLength(rest[0] ?? ''));
      let count = 0;
      let bytes = segment.bytes + prefix.length;
      for (const line of rest) {
        const size = Buffer.byteLength(line);
        if (count > 0 && bytes + size > this.#limits.maxSegmentBytes) break;
        bytes += size;
        count += 1;
      }
      const handle = await open(join(this.#options.folder, segment.name), isNew ? 'ax' : 'a', 0o600);
      try {
        if (!isNew && process.platform !== 'win32') await handle.chmod(0o600);
        await handle.appendFile(prefix + rest.slice(0, count).join(''));
      } finally {
        await handle.close();
      }
      this.#current = { ...segment, bytes };
      rest = rest.slice(count);
    }
  }

  /** Where a line of `bytes` goes. `prefix` ends a line that a kill or a full disk left open. */
  async #segment(bytes: number): Promise<{ readonly segment: Segment; readonly isNew: boolean; readonly prefix: string }> {
    const { folder, clock } = this.#options;
    const day = dayOf(clock.now());
    const hasRoom = (segment: Segment): boolean => segment.day === day && segment.bytes + bytes <= this.#limits.maxSegmentBytes;
    if (this.#current && hasRoom(this.#current)) return { segment: this.#current, isNew: false, prefix: '' };
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const segments = await listSegments(folder);
    const newest = segments.at(-1);
    if (this.#current === null && newest && hasRoom(newest)) {
      const text = await readFile(join(folder, newest.name), 'utf8');
      return { segment: newest, isNew: false, prefix: text === '' || text.endsWith('\n') ? '' : '\n' };
    }
    const gap = await this.#makeRoom(segments);
    const sequence = (newest?.sequence ?? 0) + 1;
    return { segment: { name: segmentName(day, sequence), day, sequence, bytes: 0 }, isNew: true, prefix: gap };
  }

  /** Deletes files by age and, from the oldest on, by size. Gives the line that says what is missing, '' where nothing is. */
  async #makeRoom(segments: readonly Segment[]): Promise<string> {
    const { folder, clock } = this.#options;
    const oldest = oldestDay(clock.now());
    let total = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    let gap = '';
    for (const [index, { name, day, bytes }] of segments.entries()) {
      const isOld = day < oldest;
      if (!isOld && total + this.#limits.maxSegmentBytes <= this.#limits.maxBytes) continue;
      await rm(join(folder, name), { force: true });
      total -= bytes;
      const next = segments[index + 1];
      if (!isOld) gap = gapLine(next ? await firstAt(join(folder, next.name), clock.now()).catch(() => clock.now()) : clock.now());
    }
    return gap;
  }
}

/** Opens the log in a folder; nothing is touched before the first line. */
export function openSentLog(options: SentLogOptions): SentLog {
  return new SentLogFiles(options);
}
