import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMiniTree, writeSources, type MiniTree } from './architecture/mini-tree.ts';

const testRigs = join(import.meta.dirname, '..');
const nothingToInstall = JSON.stringify({ packages: {} });

/** A small repository with our own tools in it, and a test file for every way in which a test can end. */
const sources = {
  ...Object.fromEntries(
    ['tools/test.mjs', 'tools/setup.mjs', 'tools/summary-reporter.mjs', 'lab/find-program.ts', 'lab/requirements.ts', '../vitest.config.ts'].map(
      (path) => [join('test-rigs', path), readFileSync(join(testRigs, path), 'utf8')],
    ),
  ),
  'package-lock.json': nothingToInstall,
  'node_modules/.package-lock.json': nothingToInstall,
  'tsconfig.build.json': JSON.stringify({ files: ['built.ts'], compilerOptions: { noEmit: true, types: [] } }),
  'built.ts': 'export const built: number = 1;\n',
  'agent/tools/bundle.mjs': '',
  'protocol/src/passes.test.ts': `
    import { it } from 'vitest';
    it('passes', () => {});
    it('passes as well', () => {});`,
  'protocol/src/fails.test.ts': `
    import { beforeAll, describe, expect, it } from 'vitest';
    it('fails', () => expect(1).toBe(2));
    describe('after a hook that fails', () => {
      beforeAll(() => { throw new Error('the hook'); });
      it('is not reached', () => {});
    });`,
  'protocol/src/skips.test.ts': `
    import { it } from 'vitest';
    it.skip('says nothing', () => {});
    it('says why', ({ skip }) => skip('only on Windows'));`,
  'protocol/src/does-not-load.test.ts': "import './nowhere.ts';",
  'protocol/src/is-empty.test.ts': 'export {};',
  'protocol/src/leaks.test.ts': `
    import { it } from 'vitest';
    it('passes and leaves a rejection behind', () => { void Promise.reject(new Error('late')); });`,
  'test-rigs/lab/needs.test.ts': `
    import { it } from 'vitest';
    import { describeWith, requirement } from './requirements.ts';
    describeWith(requirement('a unicorn', () => false, 'look in the woods'), 'riding', () => {
      it('trots', () => {});
      it('gallops', () => {});
    });
    describeWith(requirement('a horse', () => true, 'look in the stable'), 'walking', () => {
      it('walks', () => {});
    });`,
};

describe('npm test', () => {
  let tree: MiniTree;
  beforeAll(() => {
    tree = createMiniTree(sources);
  });
  afterAll(() => tree.remove());

  function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['test-rigs/tools/test.mjs', ...args], {
      cwd: tree.root,
      encoding: 'utf8',
      timeout: 60_000,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...environment },
    });
    return { stdout, stderr, status, lastLine: stdout.split('\n').at(-2) };
  }

  it('counts a failure of every kind, and says what was left out', () => {
    const { lastLine, status, stdout } = run([]);
    // Failed: the assertion, the hook, the silent skip, the file that doesn't load, the empty one, the late rejection.
    expect({ lastLine, status }).toEqual({ lastLine: '4 passed, 6 failed', status: 1 });
    expect(stdout).toContain('riding (2 tests): needs a unicorn: look in the woods');
    expect(stdout).toContain('says why (1 test): only on Windows');
    expect(stdout).toContain('says nothing (1 test): skipped without a reason');
  });

  it('fails on a build machine where a requirement is missing', () => {
    expect(run(['needs'], { CI: 'true' })).toMatchObject({ lastLine: '1 passed, 1 failed', status: 1 });
  });

  it('succeeds where all that was asked for passes, and does not call the rest left out', () => {
    const { lastLine, status, stdout } = run(['skips', 'passes', '-t', 'passes as well']);
    expect({ lastLine, status }).toEqual({ lastLine: '1 passed, 0 failed', status: 0 });
    expect(stdout).not.toContain('Left out');
  });

  it('fails where there is no such test', () => {
    expect(run(['no-such-file'])).toMatchObject({ lastLine: '0 passed, 1 failed', status: 1 });
  });

  it('fails without a test run where the programs do not compile', () => {
    writeSources(tree.root, { 'built.ts': "export const built: number = 'one';\n" });
    const { lastLine, status, stderr } = run(['protocol/src/passes']);
    writeSources(tree.root, { 'built.ts': sources['built.ts'] });
    expect({ lastLine, status }).toEqual({ lastLine: '0 passed, 1 failed', status: 1 });
    expect(stderr).toContain('tsc ended with exit code');
  });
});
