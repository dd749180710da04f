// `npm run bench [-- --json]`: installs and builds what is missing, then measures. Node built-ins only up to there.
import { prepareWorkspace, SetupError } from './setup.mjs';

try {
  prepareWorkspace();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
await import('../dist/bench/main.js');
