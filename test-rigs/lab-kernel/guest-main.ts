/** What a guest runs: tests of the suite, one after another, as long as there is one that no other guest has taken. Each result is a line on the share. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testsNamed } from './suite/index.ts';
import type { KernelTest, KernelTestResult } from './suite/kernel-test.ts';

/** Nothing in the suite takes longer, busy as the machine may be: some tests start a program or two of ours, which alone may take a minute each. */
const longestMs = 300_000;

const [share = '', guest = '', only = '[]'] = process.argv.slice(2);

/** Whether it is for this guest: of several that make the same folder one succeeds. */
function take(index: number): boolean {
  try {
    mkdirSync(join(share, 'taken', String(index)));
    return true;
  } catch {
    return false;
  }
}

async function outcomeOf(run: KernelTest['run']): Promise<Pick<KernelTestResult, 'failure' | 'note'>> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not done within ${longestMs} ms`));
    }, longestMs);
  });
  try {
    const note = await Promise.race([run(), limit]);
    return { failure: null, note: note ?? null };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error), note: null };
  } finally {
    clearTimeout(timer);
  }
}

console.log(`guest: the suite after ${readFileSync('/proc/uptime', 'utf8').split(' ')[0]} s`);
let failed = 0;
// Written by our own host.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
for (const [index, { name, run }] of testsNamed(JSON.parse(only) as readonly string[]).entries()) {
  if (!take(index)) continue;
  const start = performance.now();
  const { failure, note } = await outcomeOf(run);
  const result: KernelTestResult = { name, milliseconds: Math.round(performance.now() - start), failure, note };
  appendFileSync(join(share, `results-${guest}.jsonl`), `${JSON.stringify(result)}\n`);
  console.log(`${failure === null ? 'ok' : 'NOT OK'} ${name} (${result.milliseconds} ms)`);
  if (failure !== null) {
    console.log(failure);
    failed += 1;
  }
}
// A test that hung may still hold something.
process.exit(failed === 0 ? 0 : 1);
