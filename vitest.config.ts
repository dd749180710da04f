import { defineConfig } from 'vitest/config';

/** Tests run from source: the "source" condition of our packages' exports is chosen before "default". */
const conditions = ['source'];

/** Scenarios that hold a limit of the contract in real time, share what there is one of (a Wine prefix), or want the machine: one file at a time. */
const timed = [
  ...['dongle', 'main-job', 'main-job-tools', 'outage', 'policy', 'privacy', 'process', 'room', 'windows', 'windows-enrolment'].map(
    (name) => `test-rigs/scenarios/${name}.test.ts`,
  ),
  'test-rigs/platform/platform-process.test.ts',
  'test-rigs/lab-kernel/**/*.test.ts',
  'test-rigs/bench/**/*.test.ts',
];

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    // Native modules (node-hid, usb, classic-level) are not all safe in worker threads; a test that needs a second try is a defect.
    pool: 'forks',
    retry: 0,
    passWithNoTests: false,
    // What is waited for comes at once or on a busy machine later; a limit of the contract is named where it is held.
    expect: { poll: { timeout: 20_000 } },
    coverage: { provider: 'v8', include: ['{protocol,agent,tray-ui}/src/**/*.{ts,tsx}'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // One process for many files: no module of ours keeps anything between tests, and loading them anew for each file takes longer than the tests.
          isolate: false,
          include: ['{protocol,agent,tray-ui}/src/**/*.test.{ts,tsx}', 'installer/**/*.test.ts'],
          // Against hanging only: properties take seconds on a busy machine.
          testTimeout: 30_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // Scenarios start programs and brokers: on a busy machine that alone takes seconds. They mostly wait, so that three go side by side.
        test: {
          name: 'scenarios',
          include: ['test-rigs/**/*.test.ts'],
          exclude: [...timed, 'test-rigs/tray/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'timed', include: timed, testTimeout: 30_000, hookTimeout: 60_000, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        // The windows in a browser, and the app in Electron: each file has one of its own, and of each kind what another one does is not seen.
        test: {
          name: 'tray',
          include: ['test-rigs/tray/**/*.test.ts'],
          globalSetup: ['test-rigs/tray/prepare.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
