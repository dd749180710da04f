/** The answer, and nothing else, goes to standard output (contract cli-v1). */
export function answer(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A line for the person at the terminal: standard error. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Exit codes of every command (contract cli-v1). */
export const exitCode = { done: 0, fault: 1, wrongUse: 2 } as const;

/** Rows under headings, columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [headings, ...rows].map((cells) => line(cells).trimEnd()).join('\n');
}
