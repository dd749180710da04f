import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { z } from 'zod';

import type { CommandIo } from '../platform/cli/io.ts';
import { runJabraPlatform } from '../platform/cli/run.ts';

/** What the contract of the command lines leaves for an end (5 s), less a margin. */
const endMs = 4_500;

/** From the package above this file, which runs from source and from `dist`. */
function packageVersion(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
  return packageVersion(dirname(folder));
}

const ended = new AbortController();
const io: CommandIo = {
  out: (text) => void process.stdout.write(text),
  error: (line) => void process.stderr.write(`${line}\n`),
  env: process.env,
  signal: ended.signal,
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    ended.abort();
    // What is acknowledged is on disk by then: to be cut off costs nothing but the orderly end.
    setTimeout(() => process.exit(1), endMs).unref();
  });
}

const code = await runJabraPlatform(process.argv.slice(2), io, packageVersion(import.meta.dirname));
// Asked to end, it goes even where a start is still under way.
if (ended.signal.aborted) process.exit(code);
process.exitCode = code;
