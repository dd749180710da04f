import type { DataFolder } from '../data-folder/data-folder.ts';
import type { Authority } from './authority.ts';

/** The authority of a data folder: made when it is first asked for, and the same from then on. */
export function lazyAuthority(folder: DataFolder, platformId: string, now: () => number): () => Promise<Authority> {
  let opened: Promise<Authority> | undefined;
  const open = async (): Promise<Authority> => {
    const { Authority: opens, makeAuthority } = await import('./authority.ts');
    const held = await folder.authority();
    const keys = held ?? (await makeAuthority(`jabra-platform ${platformId}`, now()));
    if (held === null) await folder.saveAuthority(keys);
    return opens.open(keys);
  };
  return () => {
    opened ??= open();
    return opened;
  };
}
