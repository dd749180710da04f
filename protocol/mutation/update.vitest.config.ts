import { defineConfig } from 'vitest/config';

/** The tests that Stryker holds against mutants of the state machine of an update over the air. */
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
  test: { include: ['protocol/src/families/gnp-ota/update/**/*.test.ts'], testTimeout: 30_000 },
});
