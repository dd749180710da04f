import { spawn } from 'node:child_process';
import { KernelLabError } from './errors.ts';

/** Runs a program to its end; its standard output. Rejects with `KernelLabError`, which quotes what it said. */
export function tool(
  program: string,
  words: readonly string[],
  options: { readonly cwd?: string; readonly input?: string | Uint8Array; readonly timeoutMs?: number; readonly codes?: readonly number[] } = {},
): Promise<Buffer> {
  const { cwd, input = '', timeoutMs = 120_000, codes = [0] } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { ...(cwd === undefined ? {} : { cwd }), env: { ...process.env, LC_ALL: 'C' }, timeout: timeoutMs });
    const out: Buffer[] = [];
    let said = '';
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    child.once('error', (cause) => {
      reject(new KernelLabError(`${program} cannot be started`, { cause }));
    });
    child.once('close', (code, signal) => {
      if (code !== null && codes.includes(code)) resolve(Buffer.concat(out));
      else reject(new KernelLabError(`${program} ${words.join(' ')} ended with ${code ?? signal}: ${said.trim()}`));
    });
    // A program that ends without reading says so by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
