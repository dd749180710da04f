import { defineConfig } from 'vitest/config';

/** Tests run from source: the "source" condition of our packages' exports is chosen before "default". */
const conditions = ['source'];

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    coverage: { provider: 'v8', include: ['{protocol,agent,tray-ui}/src/**/*.{ts,tsx}'] },
    projects: [
      { extends: true, test: { name: 'unit', include: ['{protocol,agent,tray-ui}/src/**/*.test.{ts,tsx}', 'installer/**/*.test.ts'] } },
      { extends: true, test: { name: 'scenarios', include: ['test-rigs/{lab,scenarios,platform}/**/*.test.ts'], testTimeout: 30_000 } },
      { extends: true, test: { name: 'tray', include: ['test-rigs/tray/**/*.test.ts'], testTimeout: 60_000, fileParallelism: false } },
    ],
  },
});
