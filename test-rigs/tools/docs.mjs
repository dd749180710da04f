// `npm run docs`: writes everything that is generated: the contract's schemas, the API reference of the protocol library, the table of messages in its
// README. Tests compare all of it with the sources. Node built-ins only: it may have to install what the rest needs.
import { spawnSync } from 'node:child_process';
import { prepareWorkspace, root, SetupError } from './setup.mjs';

const steps = [
  ['test-rigs/dist/tools/write-contract-docs.js', 'docs/contract'],
  ['test-rigs/dist/tools/write-api-reference.js', '.'],
  // The table is made of what the package doesn't export, so the test that compares it writes it.
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', 'protocol/src/readme.test.ts', '-t', 'shows every message', '--update=all'],
];

try {
  prepareWorkspace();
  for (const step of steps) {
    const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: 'inherit', env: { ...process.env, CI: '' } });
    if (status !== 0) throw new SetupError(`${step[0]} failed`);
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
