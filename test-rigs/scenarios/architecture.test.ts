import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilityPlants, pureProjects } from './architecture/capability-plants.ts';
import { besidePlants, importPlants } from './architecture/import-plants.ts';
import { lintPlants, restrictionsOf } from './architecture/lint-plants.ts';
import { createMiniTree, writeSources, type MiniTree, type Sources } from './architecture/mini-tree.ts';
import { build, check, cruise, lint, type Finding } from './architecture/nets.ts';
import { lawful } from './architecture/sources.ts';

const repository = join(import.meta.dirname, '../..');
const readText = (path: string): string => readFileSync(join(repository, path), 'utf8');
const readJson = (path: string): unknown => JSON.parse(readText(path));
const asSources = (plants: readonly { file: string; text: string }[]): Sources => Object.fromEntries(plants.map(({ file, text }) => [file, text]));
const unique = (names: Iterable<string>) => [...new Set(names)].toSorted();

/** A tree in which nothing but the plants of one net breaks a rule. */
const plantedTree = (plants: readonly { file: string; text: string }[], beside: Sources = {}) =>
  createMiniTree({ ...lawful, ...beside, ...asSources(plants) });

describe('a tree that keeps every rule', () => {
  let tree: MiniTree;
  beforeAll(() => {
    tree = createMiniTree(lawful);
  });
  afterAll(() => tree.remove());

  it('passes dependency-cruiser', async () => {
    expect(await cruise(tree.root)).toEqual([]);
  });

  it('passes the restrictions of oxlint', async () => {
    expect((await lint(tree.root)).filter(({ rule }) => rule.includes('no-restricted-'))).toEqual([]);
  });
});

describe('dependency-cruiser', () => {
  let tree: MiniTree;
  let findings: readonly Finding[];
  beforeAll(async () => {
    tree = plantedTree(importPlants, besidePlants);
    findings = await cruise(tree.root);
  });
  afterAll(() => tree.remove());

  it('has a planted violation for every rule of its configuration', async () => {
    const module = (await import(pathToFileURL(join(repository, '.dependency-cruiser.mjs')).href)) as {
      default: { forbidden: readonly { name: string; severity: string; comment?: string }[] };
    };
    const rules = module.default.forbidden;
    expect(unique(importPlants.map(({ rule }) => rule))).toEqual(unique(rules.map(({ name }) => name)));
    expect(rules.filter(({ severity, comment }) => severity !== 'error' || comment === undefined)).toEqual([]);
  });

  it.each(importPlants)('catches $rule in $file', ({ rule, file }) => {
    expect(findings.filter((finding) => finding.file === file).map((finding) => finding.rule)).toContain(rule);
  });

  it('finds nothing in the files that were there before', () => {
    const planted = new Set(importPlants.map(({ file }) => file));
    expect(findings.filter(({ file }) => !planted.has(file))).toEqual([]);
  });
});

describe('oxlint', () => {
  let tree: MiniTree;
  let findings: readonly Finding[];
  beforeAll(async () => {
    tree = plantedTree(lintPlants);
    findings = await lint(tree.root);
  });
  afterAll(() => tree.remove());

  it('has a planted violation for every restriction of its configuration', () => {
    const restrictions = restrictionsOf(readText('.oxlintrc.json'));
    expect(unique(lintPlants.map(({ restriction }) => restriction))).toEqual(unique(restrictions));
  });

  it.each(lintPlants)('catches $rule $item in $file', ({ rule, file }) => {
    expect(findings.filter((finding) => finding.file === file).map((finding) => finding.rule)).toContain(rule);
  });
});

describe('the compiler', () => {
  let tree: MiniTree;
  let faultsBefore: readonly Finding[];
  let findings: readonly Finding[];
  beforeAll(async () => {
    tree = createMiniTree(lawful);
    faultsBefore = await build(tree.root, Object.keys(pureProjects));
    writeSources(tree.root, asSources(capabilityPlants));
    findings = (await Promise.all(Object.keys(pureProjects).map((project) => check(tree.root, project)))).flat();
  });
  afterAll(() => tree.remove());

  it('has planted violations for every product project without Node types', () => {
    const projects = ['protocol', 'agent'].flatMap((workspace) => {
      const { references } = readJson(`${workspace}/tsconfig.json`) as { references: readonly { path: string }[] };
      return references.map(({ path }) => `${workspace}/${path}`);
    });
    const pure = projects.filter((project) => {
      const { extends: base, compilerOptions } = readJson(project) as { extends: string; compilerOptions: { types?: readonly string[] } };
      return base === '../tsconfig.base.json' && compilerOptions.types === undefined;
    });
    expect(unique(Object.keys(pureProjects))).toEqual(unique(pure));
  });

  it('has nothing against the layers as they were before', () => {
    expect(faultsBefore).toEqual([]);
  });

  it.each(capabilityPlants)('refuses $file', ({ file, message }) => {
    expect(
      findings
        .filter((finding) => finding.file === file)
        .map((finding) => finding.message)
        .join('\n'),
    ).toContain(message);
  });
});
