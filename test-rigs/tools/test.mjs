// `npm test [-- FILTER or vitest options]`: installs and builds what is missing, runs the unit tests and the scenarios, and says what was left out
// and why. The last line of standard output is always "N passed, N failed", alone; the exit code is 0 only where nothing failed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareWorkspace, root, SetupError } from './setup.mjs';

const failedBeforeAnyTest = { passed: 0, failed: 1, leftOut: [] };
const summary = await run(process.argv.slice(2));
process.stdout.write(report(summary));
process.exitCode = summary.failed === 0 ? 0 : 1;

async function run(args) {
  try {
    prepareWorkspace();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return failedBeforeAnyTest;
  }
  const folder = mkdtempSync(join(tmpdir(), 'jpd-test-'));
  try {
    const file = join(folder, 'summary.json');
    const exitCode = await vitest(args, file);
    return judge(exitCode, read(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resolves to vitest's exit code, null where a signal ended it. A signal to us goes on to vitest, which stops its workers. */
function vitest(args, summaryFile) {
  const reporters = ['--reporter=default', `--reporter=${join(root, 'test-rigs/tools/summary-reporter.mjs')}`];
  const command = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--project',
    'unit',
    '--project',
    'scenarios',
    '--project',
    'timed',
    '--project',
    'tray',
    ...reporters,
    ...args,
  ];
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, JPD_TEST_SUMMARY: summaryFile },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A run that ended without counts, found no test, or failed in a way that the counts don't show, has failed. */
function judge(exitCode, counted) {
  if (!counted) return failedBeforeAnyTest;
  const nothingRan = counted.passed + counted.failed + counted.leftOut.length === 0;
  if (counted.failed === 0 && (exitCode !== 0 || nothingRan)) return { ...counted, failed: 1 };
  return counted;
}

function report({ passed, failed, leftOut }) {
  const lines = leftOut.map(({ what, tests, why }) => `  ${what} (${tests} ${tests === 1 ? 'test' : 'tests'}): ${why}`);
  return [...(lines.length > 0 ? ['', 'Left out:', ...lines, ''] : []), `${passed} passed, ${failed} failed`, ''].join('\n');
}
