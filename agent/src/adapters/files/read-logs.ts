import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { listFolder } from './examine-folder.ts';
import { systemReason } from '../node/index.ts';

/** The agent's own logs are five files of this size; somebody else's may be of any. */
const maxFileBytes = 5_000_000;
const maxFiles = 10;

export interface LogFile {
  readonly name: string;
  readonly text: string;
}

/** Windows PowerShell 5 writes what it redirects as UTF-16, in which no secret would be found as UTF-8. Nearly every second byte is zero then. */
function decode(bytes: Buffer): string {
  const begin = bytes.subarray(0, 1024);
  const zeros = begin.filter((byte) => byte === 0).length;
  if (zeros * 3 < begin.length) return bytes.toString();
  const firstZero = begin.indexOf(0);
  // What was cut may begin within a character; big-endian has its zeros first.
  const bigEndian = begin[0] === 0xfe && begin[1] === 0xff;
  const even = bytes.subarray(!bigEndian && firstZero % 2 === 0 ? 1 : 0);
  const whole = even.subarray(0, even.length - (even.length % 2));
  return (bigEndian ? Buffer.from(whole).swap16() : whole).toString('utf16le').replace(/^\uFEFF/, '');
}

/** The end of a file, from the beginning of a line on. */
async function tail(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - maxFileBytes);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(Math.min(size, maxFileBytes)), position: from });
    const text = decode(buffer.subarray(0, bytesRead));
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}

/**
 * The logs in a folder, the newest of them and of each the end. Only files: whoever may write into that folder must not choose by a link what
 * an administrator sends away. `notes` say what was left out.
 */
export async function readLogs(folder: string): Promise<{ readonly logs: readonly LogFile[]; readonly notes: readonly string[] }> {
  const found = (await listFolder(folder)).filter(({ name, kind }) => kind === 'file' && name.endsWith('.log'));
  const newest = found.toSorted((a, b) => b.changedAt.localeCompare(a.changedAt)).slice(0, maxFiles);
  const notes = found.length === 0 ? [`there are no logs in ${folder}`] : [];
  if (found.length > maxFiles) notes.push(`the ${found.length - maxFiles} oldest logs of ${found.length} are left out`);
  const logs: LogFile[] = [];
  for (const { name, bytes } of newest) {
    if (bytes > maxFileBytes) notes.push(`of the log ${name} only the last ${maxFileBytes / 1_000_000} MB are there`);
    try {
      logs.push({ name, text: await tail(join(folder, name)) });
    } catch (error) {
      notes.push(`the log ${name} cannot be read (${systemReason(error)})`);
    }
  }
  return { logs, notes };
}
