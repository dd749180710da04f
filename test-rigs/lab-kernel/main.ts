/** `npm run lab:kernel [-- PARTS OF NAMES]`: the suite in a real kernel. */
import { fileURLToPath } from 'node:url';
import { runKernelLab, whyNot } from './kernel-lab.ts';
import { testsNamed } from './suite/index.ts';

const project = fileURLToPath(new URL('../../../', import.meta.url));
const only = process.argv.slice(2);
const reason = whyNot();
if (reason === null) {
  const start = performance.now();
  const { results, ends } = await runKernelLab(project, { only });
  for (const { name, milliseconds, failure, note } of results) {
    console.log(`${failure === null ? 'ok    ' : 'FAILED'} ${name} (${milliseconds} ms)`);
    if (failure !== null) console.log(failure);
    if (note !== null) console.log(note);
  }
  const wanted = testsNamed(only);
  const passed = results.filter(({ failure }) => failure === null).length;
  if (passed < wanted.length) for (const end of ends) console.log(`\nA guest's console:\n${end.console}`);
  console.log(`\n${passed} of ${wanted.length} passed in ${Math.round((performance.now() - start) / 1000)} s`);
  process.exitCode = passed === wanted.length && wanted.length > 0 ? 0 : 1;
} else {
  console.log(`left out: ${reason}`);
  // A build machine has all of it, and nothing may go unseen there.
  process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
}
