import { defineConfig } from 'vitest/config';

/** The tests that Stryker holds against mutants of the codec: fields, packets, messages. */
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
  test: { include: ['protocol/src/{bytes,frames,messages}/*.test.ts'], testTimeout: 30_000 },
});
