import { join } from 'node:path';
import type { SecretStore } from '../../ports/index.ts';
import { dpapiProtection, nativeDpapi } from './dpapi-protection.ts';
import { fileSecretStore } from './file-secret-store.ts';
import { sealedProtection } from './sealed-protection.ts';

export { openMemorySecretStore, SecretMemory } from './memory-secret-store.ts';

export interface SystemSecretStoreOptions {
  /** Its folder is made with the first secret, for this account only. */
  readonly stateDir: string;
  readonly machineId: string;
  readonly platform: NodeJS.Platform;
  /** Told each secret before it is handed out or kept, so that no log shows it. */
  readonly onSecret: (value: string) => void;
}

/** What this system protects secrets with: DPAPI on Windows, the mode of files elsewhere. */
export function systemSecretStore({ stateDir, machineId, platform, onSecret }: SystemSecretStoreOptions): SecretStore {
  const folder = join(stateDir, 'secrets');
  const protection = platform === 'win32' ? dpapiProtection(nativeDpapi, machineId) : sealedProtection(join(folder, 'key'), machineId);
  return fileSecretStore({ file: join(folder, 'login'), protection, onSecret });
}
