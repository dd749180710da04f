import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Locked {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

async function json<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')) as T;
}

/** Packages from elsewhere by their place in the lock file. */
async function locked(): Promise<readonly (readonly [string, Locked])[]> {
  const { packages } = await json<{ readonly packages: Readonly<Record<string, Locked>> }>('package-lock.json');
  return Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);
}

/** Native code that is built where there is no prebuilt file, a tool that checks its own, and one that copies an archiver which we don't use. */
const withInstallScript = ['@primno/dpapi', '@swc/core', 'classic-level', 'electron-winstaller', 'fsevents', 'native-reg', 'node-hid', 'usb'];

describe('a package that we use', () => {
  it('is named with an exact version', async () => {
    const manifests = [
      'package.json',
      'protocol/package.json',
      'agent/package.json',
      'tray-ui/package.json',
      'installer/package.json',
      'test-rigs/package.json',
    ];
    const found = await Promise.all(manifests.map((path) => json<Manifest>(path).catch((): Manifest => ({}))));
    const all = found.flatMap(({ dependencies = {}, devDependencies = {}, optionalDependencies = {} }) =>
      Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }),
    );
    const others = all.filter(([name]) => !name.startsWith('@jpd/'));
    expect(others.length).toBeGreaterThan(10);
    expect(others.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('has a hash in the lock file', async () => {
    const packages = await locked();
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true).map(([path]) => path)).toEqual([]);
  });

  it('runs nothing at its installation that is not listed here', async () => {
    const running = (await locked()).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const names = new Set(running.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));
    expect([...names].filter((name) => !withInstallScript.includes(name))).toEqual([]);
  });
});
