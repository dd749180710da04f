/** What a command gets of its process. */
export interface CommandIo {
  /** Standard output: the answer and nothing else. */
  out(text: string): void;
  /** One line on standard error. */
  error(line: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the process shall end. */
  readonly signal: AbortSignal;
}

/** Wrong use: exit 2, a line for each problem. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly problems: readonly string[];

  constructor(...problems: string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** It ran and found or hit a fault: exit 1. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** One document for programs, or lines for people. */
export function answer(io: CommandIo, json: boolean | undefined, value: unknown, lines: () => readonly string[]): void {
  if (json === true) io.out(`${JSON.stringify(value, null, 2)}\n`);
  else for (const line of lines()) io.out(`${line}\n`);
}
