import { systemEntropy } from '../../adapters/system/index.ts';
import type { Entropy } from '../../ports/index.ts';

/** Ids in the order they were asked for, a chosen chance, and real digests: the same in every run. */
export function steadyEntropy(random: () => number = () => 0): Entropy {
  let made = 0;
  return {
    uuid: () => {
      made += 1;
      return `00000000-0000-4000-8000-${made.toString(16).padStart(12, '0')}`;
    },
    random,
    sha256: (text) => systemEntropy.sha256(text),
    md5: (bytes) => systemEntropy.md5(bytes),
  };
}
