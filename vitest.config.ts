import { defineConfig } from 'vitest/config';

/** Tests run from source: the "source" condition of our packages' exports is chosen before "default". */
const conditions = ['source'];

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    // Native modules (node-hid, usb, classic-level) are not all safe in worker threads; a test that needs a second try is a defect.
    pool: 'forks',
    retry: 0,
    passWithNoTests: false,
    coverage: { provider: 'v8', include: ['{protocol,agent,tray-ui}/src/**/*.{ts,tsx}'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{protocol,agent,tray-ui}/src/**/*.test.{ts,tsx}', 'installer/**/*.test.ts'],
          // Against hanging only: properties take seconds on a busy machine.
          testTimeout: 30_000,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        // Scenarios start programs and brokers: on a busy machine that alone takes seconds. One file at a time, since some hold a limit of the
        // contract in real time.
        test: {
          name: 'scenarios',
          include: ['test-rigs/**/*.test.ts'],
          exclude: ['test-rigs/tray/**', '**/node_modules/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // The windows in a browser: one at a time, since each file has a chromium of its own.
        test: {
          name: 'tray',
          include: ['test-rigs/tray/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
