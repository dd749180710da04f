import { formatWithOptions } from 'node:util';

/** The answer, and nothing else, goes to standard output (contract cli-v1). */
export function answer(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** What devices, servers and files are called must not drive a terminal. */
export const printable = (text: string): string => text.replaceAll(/(?![\n\t])\p{Cc}/gu, ' ');

/** A line for the person at the terminal: standard error. */
export function tell(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

/** Exit codes of every command (contract cli-v1). */
export const exitCode = { done: 0, fault: 1, wrongUse: 2 } as const;

/** An error in one line, with what caused it. */
export function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return formatWithOptions({ breakLength: Infinity }, '%s', error);
  const cause = error.cause === undefined ? '' : `: ${oneLine(error.cause)}`;
  return `${error.message}${cause}`.replaceAll(/\s*\n\s*/g, ' ');
}
