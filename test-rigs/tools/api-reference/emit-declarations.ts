import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Hands a folder with the protocol library's declaration files (.d.ts) to `use`, freshly made of the sources: what a build left behind may be old.
 * Throws where they don't compile.
 */
export function withDeclarations<T>(checkout: string, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'jpd-declarations-'));
  try {
    const options = ['--emitDeclarationOnly', '--declarationMap', 'false', '--outDir', folder, '--tsBuildInfoFile', join(folder, '.tsbuildinfo')];
    const compiler = join(checkout, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', join(checkout, 'protocol/tsconfig.src.json'), ...options], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`protocol does not compile:\n${stdout}`);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
