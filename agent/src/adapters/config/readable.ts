import { open } from 'node:fs/promises';

import { allKeys, type ConfigurationKey, configurationKeys } from './keys.ts';
import { type ConfigurationProblem, keyProblem } from './problem.ts';
import { errorCode } from './read-json.ts';
import type { Origins } from './resolve.ts';
import type { Configuration } from './schema.ts';

/** Opened and not only asked about: Windows' access check knows nothing of permissions. */
async function unreadableBecause(file: string): Promise<string | null> {
  try {
    const handle = await open(file, 'r');
    try {
      return (await handle.stat()).isFile() ? null : 'is not a file';
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  }
}

/** Every file that the configuration names and the agent couldn't read. */
export async function unreadableFiles(configuration: Configuration, origins: Origins): Promise<readonly ConfigurationProblem[]> {
  const { definitionsFile, tls } = configuration;
  const files: Partial<Record<ConfigurationKey, string | null>> = {
    definitionsFile,
    'tls.caFile': tls.caFile,
    'tls.certFile': tls.certFile,
    'tls.keyFile': tls.keyFile,
  };
  const named = allKeys.filter((key) => configurationKeys[key] === 'file');
  const checked = await Promise.all(
    named.map(async (key) => {
      const file = files[key] ?? null;
      const reason = file === null ? null : await unreadableBecause(file);
      const sentence = `names ${file}, which ${reason}: correct the path, or let the account that runs the agent read it`;
      return reason === null ? [] : [keyProblem(key, origins[key]?.origin ?? 'not set', sentence)];
    }),
  );
  return checked.flat();
}
