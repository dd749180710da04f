/** What a row of the live table shows of a device. */
export interface DeviceRow {
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  readonly firmware: string;
  readonly battery: string;
  readonly status: string;
  readonly user: string;
  readonly settings: string;
}

const columns = [
  ['deviceId', 'device'],
  ['name', 'name'],
  ['serial', 'serial'],
  ['firmware', 'firmware'],
  ['battery', 'battery'],
  ['status', 'connection'],
  ['user', 'user'],
  ['settings', 'settings'],
] as const satisfies readonly (readonly [keyof DeviceRow, string])[];

/** The table as text. */
export function renderTable(rows: readonly DeviceRow[]): string {
  const widths = columns.map(([key, heading]) => Math.max(heading.length, ...rows.map((row) => row[key].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(columns.map(([, heading]) => heading)), ...rows.map((row) => line(columns.map(([key]) => row[key])))].join('\n');
}

/** Shows text that changes: in place on a terminal, anew for each change elsewhere. */
export class LiveText {
  readonly #out: NodeJS.WriteStream;
  #shown = '';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show(text: string): void {
    if (text === this.#shown) return;
    const lines = this.#shown === '' ? 0 : this.#shown.split('\n').length;
    const back = this.#out.isTTY && lines > 0 ? `\u001B[${lines}A\u001B[0J` : '';
    this.#out.write(`${back}${text}\n`);
    this.#shown = text;
  }
}
