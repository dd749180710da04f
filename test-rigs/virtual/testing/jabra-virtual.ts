import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/jabra-virtual.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  readonly firstLine: Promise<string>;
}

/** Starts `jabra-virtual` with these words. */
export function start(...words: string[]): Started {
  const child = spawn(process.execPath, [program, ...words]);
  let out = '';
  let err = '';
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString();
      if (out.includes('\n')) resolve(out.split('\n', 1)[0] ?? '');
    });
  });
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, out, err });
    });
  });
  return { child, ended, firstLine };
}

/** Runs it to its end. */
export const run = (...words: string[]): Promise<Outcome> => start(...words).ended;
