/** A result of a benchmark. What counts is the ratio to something measured in the same run; numbers of the machine stand beside it. */
export interface Row {
  readonly group: 'codec' | 'update' | 'devices' | 'agent' | 'tray';
  readonly name: string;
  /** Ours divided by the baseline, null where a row has none. */
  readonly ratio: number | null;
  /** The ratio that is wanted at most, null where a row has none. */
  readonly goal: number | null;
  /** Numbers of this machine, by name; a name says its unit (`ns`, `bytes`, `ms`). */
  readonly values: Readonly<Record<string, number>>;
}

const number = (value: number): string => (Math.abs(value) >= 100 ? String(Math.round(value)) : String(Math.round(value * 100) / 100));

const title = (name: string): string => name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

function columns(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
}

function groupTable(rows: readonly Row[]): string {
  const names = columns(rows);
  const head = ['what', 'ratio', 'goal', ...names.map(title)];
  const body = rows.map(({ name, ratio, goal, values }) => [
    name,
    ratio === null ? '–' : ratio.toFixed(2),
    goal === null ? '–' : `≤ ${goal}`,
    ...names.map((column) => (values[column] === undefined ? '' : number(values[column]))),
  ]);
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rows as Markdown, a table for each group: what the terminal shows is what docs/performance.md holds. */
export function tables(rows: readonly Row[]): string {
  const groups = [...new Set(rows.map(({ group }) => group))];
  return groups.map((group) => `### ${group}\n${groupTable(rows.filter((row) => row.group === group))}`).join('\n\n');
}
