// What `npm start` and `npm test` need before they can do their work: dependencies as in the lock file, and compiled programs.
// Node built-ins only: it runs on a fresh clone, where nothing is installed. All it says and all output of its children goes to
// standard error, so that standard output carries the caller's answer only.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A step of the set-up ended with a fault; its own output has already said which. */
export class SetupError extends Error {
  name = 'SetupError';
}

/**
 * Installs what the lock file names, if node_modules holds anything else, and compiles what changed.
 * @throws {SetupError} when npm or the compiler fails
 */
export function prepareWorkspace() {
  const difference = installDifference();
  if (difference) {
    say(`npm ci: ${difference}`);
    runOrThrow('npm ci', ...npm('ci', '--no-audit', '--no-fund'));
  }
  say('building the programs: tsc -b tsconfig.build.json, node agent/tools/bundle.mjs');
  runOrThrow('tsc', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'tsconfig.build.json']);
  runOrThrow('the bundler', process.execPath, [join(root, 'agent/tools/bundle.mjs')]);
}

/**
 * Why node_modules is not what package-lock.json asks for, or undefined where it is. Compares content and not times: a checkout touches the
 * lock file without changing it.
 */
function installDifference() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (!wanted) throw new SetupError('package-lock.json is missing or broken');
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (!installed) return 'node_modules is not there yet';
  for (const [path, entry] of Object.entries(wanted)) {
    // npm leaves out an optional package that is for another platform.
    if (path === '' || (entry.optional && !installed[path])) continue;
    const found = installed[path];
    if (!found) return `${path} is not installed`;
    if (found.version !== entry.version || found.integrity !== entry.integrity) return `${path} is installed in another version`;
  }
  const extra = Object.keys(installed).find((path) => !wanted[path]);
  return extra && `${extra} is installed and no longer wanted`;
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** The npm that runs us, where it does; else the one on the path (a .cmd file on Windows, which only a shell can start). */
function npm(...args) {
  const running = process.env.npm_execpath;
  if (running?.endsWith('npm-cli.js')) return [process.execPath, [running, ...args]];
  return ['npm', args, { shell: process.platform === 'win32' }];
}

function runOrThrow(what, command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (status !== 0)
    throw new SetupError(`${what} ${error ? 'could not be started' : `ended with ${signal ?? `exit code ${status}`}`}`, { cause: error });
}

function say(text) {
  process.stderr.write(`> ${text}\n`);
}
