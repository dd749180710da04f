// `npm start`: installs and builds what is missing, then runs the main job with embedded parts. Node built-ins only up to there: it runs on a fresh clone.
import { prepareWorkspace, SetupError } from './setup.mjs';

try {
  prepareWorkspace();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
await import('../dist/start/main.js');
