/** `npm run bench [-- --quick] [-- --json]`: see docs/performance.md. */
import { everyRow, quick, thorough } from './every-row.ts';
import { tables } from './rows.ts';
import { trayIsMissing, trayRows } from './tray/index.ts';

const words = new Set(process.argv.slice(2));
const options = words.has('--quick') ? quick : thorough;
const missing = trayIsMissing();
if (missing !== undefined) process.stderr.write(`the tray app is left out: ${missing}\n`);
const rows = [...(await everyRow(options)), ...(missing === undefined ? await trayRows(options.tray) : [])];
process.stdout.write(words.has('--json') ? `${JSON.stringify(rows, null, 2)}\n` : `${tables(rows)}\n`);
