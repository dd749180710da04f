import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The windows in a plain browser, over the fake main: `npm run dev -w @jpd/tray-ui`. The Electron build has a configuration of its own. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'src/dev'),
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  server: { host: '127.0.0.1', port: 5273 },
  build: { outDir: resolve(import.meta.dirname, 'out/dev'), emptyOutDir: true, target: 'chrome114' },
});
