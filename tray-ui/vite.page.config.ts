import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page of the windows, as Electron's main serves it: `npm run build:tray`. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'src/page'),
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  // A small picture stays a file; the page loads nothing by itself, so that it needs no way to fetch.
  build: {
    outDir: resolve(import.meta.dirname, 'out/app/page'),
    emptyOutDir: true,
    target: 'chrome114',
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    // One file of all parts, read from the disk.
    chunkSizeWarningLimit: 4000,
  },
});
