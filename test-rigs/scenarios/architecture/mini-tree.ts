import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const repository = join(import.meta.dirname, '../../..');
const workspaces = ['protocol', 'agent', 'tray-ui', 'installer', 'test-rigs'];

/** A repository of our layout with our configuration files and next to no code, in which a rule can be broken without touching the working tree. */
export interface MiniTree {
  readonly root: string;
  readonly remove: () => void;
}

/** Files by path from the root, as text. */
export type Sources = Readonly<Record<string, string>>;

export function createMiniTree(sources: Sources): MiniTree {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'jpd-architecture-')));
  for (const file of configurationFiles()) cpSync(join(repository, file), join(root, file));
  linkPackages(root);
  writeSources(root, sources);
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

export function writeSources(root: string, sources: Sources): void {
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** What the nets read. Ambient declarations too, since they could give a layer back what its tsconfig takes away. */
function configurationFiles(): string[] {
  const readByNets = /^(package|tsconfig[^/]*|[.]oxlintrc)[.]json$|^[.]dependency-cruiser[.]mjs$/;
  const own = ['.', ...workspaces].flatMap((folder) =>
    readdirSync(join(repository, folder))
      .filter((name) => readByNets.test(name))
      .map((name) => join(folder, name)),
  );
  const ambient = ['protocol/src', 'agent/src'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.d.ts'))
      .map((name) => join(folder, name)),
  );
  return [...own, ...ambient];
}

/** Links to what is installed, but for our own packages, which are the tree's. */
function linkPackages(root: string): void {
  const installed = join(repository, 'node_modules');
  mkdirSync(join(root, 'node_modules/@jpd'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (!name.startsWith('.') && name !== '@jpd') symlinkSync(join(installed, name), join(root, 'node_modules', name), 'junction');
  }
  for (const workspace of workspaces) symlinkSync(join(root, workspace), join(root, 'node_modules/@jpd', workspace), 'junction');
}
