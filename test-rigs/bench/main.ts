/** `npm run bench [-- --quick] [-- --json]`: see docs/performance.md. */
import { everyRow, quick, thorough } from './every-row.ts';
import { tables } from './rows.ts';

const words = new Set(process.argv.slice(2));
const rows = await everyRow(words.has('--quick') ? quick : thorough);
process.stdout.write(words.has('--json') ? `${JSON.stringify(rows, null, 2)}\n` : `${tables(rows)}\n`);
