import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { describeWith, type Requirement } from '../lab/requirements.ts';
import { type LabRun, runKernelLab, whyNot } from './kernel-lab.ts';
import { suite } from './suite/index.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));

const kernelLab: Requirement = { name: 'the kernel lab', missing: () => whyNot() ?? undefined };

/** Ten times what it takes on a quiet machine. */
const limitMs = 600_000;
/** The kernel may have to be downloaded first. */
const prepareMs = 300_000;

describeWith(kernelLab, 'in a real kernel', () => {
  let run: LabRun;
  beforeAll(async () => {
    const start = performance.now();
    run = await runKernelLab(project, { limitMs });
    console.log(`kernel lab: ${run.results.length} tests in ${run.ends.length} guests, ${Math.round((performance.now() - start) / 1000)} s`);
  }, limitMs + prepareMs);

  test.each(suite.map(({ name }) => name))('%s', (name) => {
    const result = run.results.find((one) => one.name === name);
    if (result?.note) console.log(`${name}\n${result.note}`);
    const failure = result ? result.failure : `no guest came to this test:\n${run.ends.map((end) => end.console.slice(-4000)).join('\n')}`;
    expect(failure).toBeNull();
  });

  test('each guest ends by itself, with the exit code of its tests', () => {
    expect(run.ends.map(({ exitCode }) => exitCode)).not.toContain(null);
    expect(run.ends.some(({ exitCode }) => exitCode !== 0)).toBe(run.results.some(({ failure }) => failure !== null));
  });

  test('a guest that takes too long is ended by force', { timeout: prepareMs }, async () => {
    const { ends, results } = await runKernelLab(project, { limitMs: 1000 });
    expect([ends.map(({ exitCode }) => exitCode), results]).toEqual([ends.map(() => null), []]);
  });
});
