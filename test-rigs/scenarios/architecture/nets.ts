import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

const workspaces = ['protocol', 'agent', 'tray-ui', 'installer', 'test-rigs'];

/** Something that a tool of the project found wrong: where, by which rule, in which words. */
export interface Finding {
  readonly file: string;
  readonly rule: string;
  readonly message: string;
}

/** `npm run arch`, of the tree at `root`. */
export async function cruise(root: string): Promise<Finding[]> {
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...workspaces];
  const report = cruiseReport.parse(JSON.parse(await run(root, 'dependency-cruiser/bin/dependency-cruise.mjs', args)));
  return report.summary.violations.map(({ from, to, rule }) => ({ file: from, rule: rule.name, message: to }));
}

/** oxlint without its type-aware rules, which the restrictions don't need. */
export async function lint(root: string): Promise<Finding[]> {
  const report = lintReport.parse(JSON.parse(await run(root, 'oxlint/bin/oxlint', ['--format', 'json', ...workspaces])));
  return report.diagnostics.map(({ filename, code, message, help }) => ({
    file: filename,
    rule: code.replace(/^eslint\((.*)\)$/, '$1').replace(/^(\w+)\((.*)\)$/, '$1/$2'),
    message: `${message} ${help}`,
  }));
}

/** Compiles these projects and what they refer to, and writes their declarations. */
export async function build(root: string, projects: readonly string[]): Promise<Finding[]> {
  return errorsOf(await run(root, 'typescript/bin/tsc', ['-b', '--pretty', 'false', ...projects]));
}

/** Checks one project against the declarations of the others that were built before. */
export async function check(root: string, project: string): Promise<Finding[]> {
  return errorsOf(await run(root, 'typescript/bin/tsc', ['-p', project, '--noEmit', '--pretty', 'false']));
}

function errorsOf(output: string): Finding[] {
  return [...output.matchAll(/^(?<file>\S+?)\(\d+,\d+\): error (?<rule>TS\d+): (?<message>.*)$/gm)].map(({ groups }) => ({
    file: groups?.['file'] ?? '',
    rule: groups?.['rule'] ?? '',
    message: groups?.['message'] ?? '',
  }));
}

const cruiseReport = z.object({
  summary: z.object({ violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })) }),
});

/** `code` is missing where a file can't be parsed. */
const lintReport = z.object({
  diagnostics: z.array(z.object({ filename: z.string(), code: z.string().default('syntax'), message: z.string(), help: z.string().default('') })),
});

/** What a tool of node_modules printed. Ending with a fault is what tools do that found something; not being able to run is not. */
function run(root: string, tool: string, args: readonly string[]): Promise<string> {
  const options = { cwd: root, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [join(root, 'node_modules', tool), ...args], options, (error, stdout, stderr) => {
      if (error !== null && (error.killed === true || typeof error.code !== 'number' || stdout === '')) {
        reject(new Error(`${tool} could not be run: ${stderr}`, { cause: error }));
      } else {
        resolve(stdout);
      }
    });
  });
}
