// A vitest reporter beside the normal one: writes {passed, failed, leftOut: [{what, tests, why}]} to the file that JPD_TEST_SUMMARY names.
import { writeFileSync } from 'node:fs';

const noReason = 'skipped without a reason, which counts as failed: use describeWith(), or skip(why) of the test context';

export default class SummaryReporter {
  #isFiltered = () => false;

  onInit(vitest) {
    // With -t every other test is skipped because the caller asked for it.
    this.#isFiltered = () => vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(testModules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length };
    const leftOut = new Map();
    for (const testModule of testModules) {
      // A file that doesn't load, and a hook around a suite that throws, have errors of their own and no failed test.
      for (const group of [testModule, ...testModule.children.allSuites()]) counts.failed += group.errors().length;
      for (const test of testModule.children.allTests()) {
        const { state, note } = test.result();
        if (state === 'passed') counts.passed += 1;
        else if (state !== 'skipped') counts.failed += 1;
        else if (!this.#isFiltered()) leaveOut(leftOut, test, note);
      }
    }
    for (const { why, tests } of leftOut.values()) if (why === noReason) counts.failed += tests;
    write({ ...counts, leftOut: [...leftOut.values()] });
  }
}

/** Adds a skipped test to what was left out: one entry for a suite that misses a requirement, else one for the test. */
function leaveOut(leftOut, test, note) {
  const ancestors = ancestorsOf(test);
  if (ancestors.some((group) => group.errors().length > 0)) return;
  const suite = ancestors.find((group) => group.meta().leftOut);
  const what = `${test.module.relativeModuleId} > ${(suite ?? test).fullName}`;
  const entry = leftOut.get(what) ?? { what, tests: 0, why: suite?.meta().leftOut ?? note ?? noReason };
  entry.tests += 1;
  leftOut.set(what, entry);
}

function ancestorsOf(task) {
  return task.parent ? [task.parent, ...ancestorsOf(task.parent)] : [];
}

function write(summary) {
  const file = process.env.JPD_TEST_SUMMARY;
  if (file) writeFileSync(file, JSON.stringify(summary));
}
