import { defineConfig } from 'vitest/config';

/**
 * The tests that Stryker holds against mutants of the state machine of an update over the air. Without those that try every step with every fault, which take
 * seconds each: what only they would catch counts as not caught here.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
  test: {
    include: [
      'protocol/src/families/gnp-ota/update/machine/*.test.ts',
      'protocol/src/families/gnp-ota/update/{plan,block-numbers,journal,conversation,update-firmware}.test.ts',
    ],
    testTimeout: 30_000,
  },
});
