import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly version?: unknown;
  readonly dependencies?: unknown;
  readonly optionalDependencies?: unknown;
}

async function manifestAt(path: string): Promise<Manifest | null> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}

/** As Node looks for a package: from a folder upwards. */
async function manifestOf(name: string, from: string): Promise<Manifest | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = await manifestAt(join(folder, 'node_modules', name, 'package.json'));
    if (manifest !== null || folder === dirname(folder)) return manifest;
  }
}

const namesIn = (dependencies: unknown): readonly string[] =>
  typeof dependencies === 'object' && dependencies !== null ? Object.keys(dependencies) : [];

/**
 * Versions of what the package in `folder` depends on, as installed: null for what isn't there. Empty where the program was put into one file
 * and has no packages any more.
 */
export async function installedVersions(folder: string): Promise<Readonly<Record<string, string | null>>> {
  const own = await manifestAt(join(folder, 'package.json'));
  const names = [...namesIn(own?.dependencies), ...namesIn(own?.optionalDependencies)].toSorted();
  const versions = names.map(async (name) => {
    const version = (await manifestOf(name, folder))?.version;
    return [name, typeof version === 'string' ? version : null] as const;
  });
  return Object.fromEntries(await Promise.all(versions));
}
