import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { systemCode } from '../node/index.ts';

const DIGITS = 16;
const CHECK = 16;

/**
 * A file beside the store's folder with the number of the last acknowledged transaction. If the store's seal has a lower one, transactions
 * are missing at its end: by itself the end of a log that lost some looks like the end of a log that never had them.
 *
 * It is written in place after the transaction is on the disk, and not synchronised: it is a lower bound, never too high. After a power cut
 * it may be old or unreadable, which costs nothing but this check.
 */
export class Mark {
  readonly #file: FileHandle;
  /** As it was found, null where there was none that can be read. */
  readonly found: number | null;

  private constructor(file: FileHandle, found: number | null) {
    this.#file = file;
    this.found = found;
  }

  static async open(path: string): Promise<Mark> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      return new Mark(file, parse((await file.readFile()).toString('latin1')));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async write(transaction: number): Promise<void> {
    await this.#file.write(format(transaction), 0);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** What `Mark.open` would find, without making the file. */
export async function readMark(path: string): Promise<number | null> {
  try {
    return parse(await readFile(path, 'latin1'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function format(transaction: number): string {
  const digits = String(transaction).padStart(DIGITS, '0');
  return `${digits} ${createHash('sha256').update(digits).digest('hex').slice(0, CHECK)}\n`;
}

function parse(text: string): number | null {
  const transaction = Number(text.slice(0, DIGITS));
  return Number.isSafeInteger(transaction) && text === format(transaction) ? transaction : null;
}
